package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import dev.drover.ports.VmSpec.Format;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pulls between real images; qemu-img compares them. */
@Timeout(value = 180, threadMode = SEPARATE_THREAD)
class ImagePullIT {
    private static final long SIZE = 256L << 20;

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({"RAW,RAW,1", "RAW,QCOW2,2", "QCOW2,RAW,3", "QCOW2,QCOW2,4", "RAW,RAW,5"})
    void imagesArriveWithTheirHoles(Format from, Format to, long seed) throws Exception {
        Path source = image(from, seed);
        Path volume = directory.resolve("volume");
        Volumes.create(volume, to, SIZE, Volumes.allocatedBytes(source));
        Outcome outcome;
        try (NbdProcess there = NbdProcess.qemu("--read-only", format(from), source.toString());
                NbdProcess here = NbdProcess.qemu(format(to), volume.toString());
                NbdClient image = there.connect(NbdClient.ALLOCATION);
                NbdClient target = here.connect(NbdClient.ALLOCATION)) {
            outcome = new ImagePull(CopySettings.IMAGE).pull(image, target, _ -> {});
            target.flush();
            assertThat(ImageDigest.hex(ImageDigest.of(target)))
                    .as("digests, seed %d", seed)
                    .isEqualTo(ImageDigest.hex(ImageDigest.of(image)));
        }
        compare(from, source, to, volume);
        assertThat(outcome.sentBytes()).isBetween(1L, SIZE / 2);
        assertThat(outcome.writtenBytes()).isBetween(1L, outcome.sentBytes());
        // QCOW2 allocates in clusters of 64 KiB; the rest is its own tables.
        long slack = to == Format.RAW ? 1 << 20 : 24 << 20;
        assertThat(Volumes.allocatedBytes(volume))
                .isLessThanOrEqualTo(outcome.writtenBytes() + slack);
    }

    @Test
    void zerosThatTheSourceHasAllocatedBecomeHoles() throws Exception {
        Path source = directory.resolve("source");
        Files.write(source, new byte[(int) SIZE / 4]);
        Path volume = directory.resolve("volume");
        Volumes.create(volume, Format.RAW, SIZE / 4, 0);
        assertThat(Volumes.allocatedBytes(source)).isEqualTo(SIZE / 4);
        try (NbdProcess there = NbdProcess.nbdkit("file", source.toString());
                NbdProcess here = NbdProcess.qemu("--format=raw", volume.toString());
                NbdClient image = there.connect();
                NbdClient target = here.connect(NbdClient.ALLOCATION)) {
            Outcome outcome = new ImagePull(CopySettings.IMAGE).pull(image, target, _ -> {});
            assertThat(outcome.writtenBytes()).isZero();
        }
        assertThat(Volumes.allocatedBytes(volume)).isZero();
    }

    @Test
    void everySecondBlockZeroLocksNothingUp() throws Exception {
        Path source = directory.resolve("source");
        byte[] content = new byte[32 << 20];
        for (int at = 0; at < content.length; at += 8192) {
            content[at] = 1;
        }
        Files.write(source, content);
        Path volume = directory.resolve("volume");
        Volumes.create(volume, Format.RAW, content.length, 0);
        try (NbdProcess there = NbdProcess.qemu("--read-only", "--format=raw", source.toString());
                NbdProcess here = NbdProcess.qemu("--format=raw", volume.toString());
                NbdClient image = there.connect(NbdClient.ALLOCATION);
                NbdClient target = here.connect(NbdClient.ALLOCATION)) {
            Outcome outcome = new ImagePull(CopySettings.IMAGE).pull(image, target, _ -> {});
            assertThat(outcome.blocks()).isEqualTo(content.length / 8192);
        }
        assertThat(Files.mismatch(source, volume)).isEqualTo(-1);
        // The file system counts its own extent tree too.
        assertThat(Volumes.allocatedBytes(volume))
                .isBetween(content.length / 2L, content.length / 2L + (1 << 20));
    }

    @Test
    void aSecondPullAfterABrokenOneIsRight() throws Exception {
        Path source = image(Format.RAW, 6);
        Path other = directory.resolve("other");
        RandomImage.make(other, SIZE, 150, new Random(7));
        try (NbdProcess there = NbdProcess.qemu("--read-only", "--format=raw", source.toString());
                NbdProcess here =
                        NbdProcess.qemu("--format=raw", "--discard=unmap", other.toString());
                NbdClient image = there.connect(NbdClient.ALLOCATION);
                NbdClient target = here.connect(NbdClient.ALLOCATION)) {
            new ImagePull(CopySettings.IMAGE).pull(image, target, _ -> {});
        }
        compare(Format.RAW, source, Format.RAW, other);
        assertThat(Volumes.allocatedBytes(other))
                .isLessThanOrEqualTo(Volumes.allocatedBytes(source) + (1 << 20));
    }

    @Test
    void aReadErrorInTheMiddleIsTold() throws Exception {
        Path source = image(Format.RAW, 8);
        Path trigger = directory.resolve("fail-now");
        try (NbdProcess there =
                        NbdProcess.nbdkit(
                                "--filter=error",
                                "file",
                                source.toString(),
                                "error-pread=EIO",
                                "error-pread-rate=100%",
                                "error-pread-file=" + trigger);
                NbdProcess here = NbdProcess.nbdkit("memory", Long.toString(SIZE));
                NbdClient image = there.connect(NbdClient.ALLOCATION);
                NbdClient target = here.connect(NbdClient.ALLOCATION)) {
            assertThatThrownBy(() ->
                            new ImagePull(CopySettings.IMAGE)
                                    .pull(image, target, p -> failAtHalf(p, trigger)))
                    .isInstanceOf(NbdRequestException.class)
                    .hasMessageContaining("READ of ")
                    .hasMessageContaining("EIO");
        }
    }

    @Test
    void aTargetThatIsFullIsTold() throws Exception {
        Path source = image(Format.RAW, 9);
        try (NbdProcess there = NbdProcess.qemu("--read-only", "--format=raw", source.toString());
                NbdProcess here = NbdProcess.nbdkit("full", Long.toString(SIZE));
                NbdClient image = there.connect(NbdClient.ALLOCATION);
                NbdClient target = here.connect()) {
            assertThatThrownBy(() -> new ImagePull(CopySettings.IMAGE).pull(image, target, _ -> {}))
                    .isInstanceOf(NbdRequestException.class)
                    .hasMessageContaining("WRITE of ")
                    .hasMessageContaining("ENOSPC")
                    .hasMessageContaining("Free space");
        }
    }

    @Test
    void aKilledSourceEndsThePull() throws Exception {
        Path source = image(Format.RAW, 10);
        try (NbdProcess there = NbdProcess.qemu("--read-only", "--format=raw", source.toString());
                NbdProcess here = NbdProcess.nbdkit("memory", Long.toString(SIZE));
                NbdClient image = there.connect(NbdClient.ALLOCATION);
                NbdClient target = here.connect()) {
            assertThatThrownBy(() ->
                            new ImagePull(CopySettings.IMAGE)
                                    .pull(image, target, _ -> there.kill()))
                    .isInstanceOf(NbdException.class)
                    .hasMessageContaining("was lost in READ of ");
        }
    }

    @Test
    void anInterruptEndsAPullThatWaits() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (NbdProcess there =
                        NbdProcess.nbdkit("--filter=delay", "memory", "64M", "delay-read=1000");
                NbdProcess here = NbdProcess.nbdkit("memory", "64M");
                NbdClient image = there.connect();
                NbdClient target = here.connect()) {
            Thread puller =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    new ImagePull(CopySettings.IMAGE)
                                            .pull(
                                                    image,
                                                    target,
                                                    _ -> Thread.currentThread().interrupt());
                                } catch (IOException | InterruptedException e) {
                                    thrown.set(e);
                                }
                            });
            puller.join();
        }
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void anImageArrivesThroughACompressedTunnel() throws Exception {
        Path source = image(Format.QCOW2, 11);
        Path volume = directory.resolve("volume");
        Volumes.create(volume, Format.QCOW2, SIZE, 0);
        try (NbdProcess there =
                        NbdProcess.qemu("--read-only", "--format=qcow2", source.toString());
                NbdProcess here = NbdProcess.qemu("--format=qcow2", volume.toString());
                ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket near = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket far = listener.accept();
                SocketChannel local =
                        SocketChannel.open(UnixDomainSocketAddress.of(there.socket()));
                StreamPump _ =
                        StreamPump.start(
                                "image",
                                StreamPump.End.of(local),
                                StreamPump.End.compressed(
                                        far.getInputStream(),
                                        far.getOutputStream(),
                                        far,
                                        CompressedStream.LEVEL_DENSE));
                CompressedStream tunnel =
                        new CompressedStream(
                                near.getInputStream(),
                                near.getOutputStream(),
                                near,
                                CompressedStream.LEVEL_DENSE);
                NbdClient image =
                        NbdClient.over(
                                tunnel.input(),
                                tunnel.output(),
                                tunnel,
                                "the tunnel",
                                "disk",
                                NbdClient.ALLOCATION);
                NbdClient target = here.connect(NbdClient.ALLOCATION)) {
            new ImagePull(CopySettings.IMAGE).pull(image, target, _ -> {});
            target.flush();
        }
        compare(Format.QCOW2, source, Format.QCOW2, volume);
    }

    private static void failAtHalf(PullProgress progress, Path trigger) {
        try {
            if (progress.doneBytes() == 0) {
                Files.createFile(trigger);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path image(Format format, long seed) throws IOException, InterruptedException {
        Path raw = directory.resolve("made.raw");
        RandomImage.make(raw, SIZE, 120, new Random(seed));
        if (format == Format.RAW) {
            return raw;
        }
        Path image = directory.resolve("made." + format.label());
        NbdProcess.run(
                "qemu-img",
                "convert",
                "-f",
                "raw",
                "-O",
                format.label(),
                raw.toString(),
                image.toString());
        return image;
    }

    private static String format(Format format) {
        return "--format=" + format.label();
    }

    private static void compare(Format firstFormat, Path first, Format secondFormat, Path second)
            throws IOException, InterruptedException {
        NbdProcess.run(
                "qemu-img",
                "compare",
                "-f",
                firstFormat.label(),
                "-F",
                secondFormat.label(),
                first.toString(),
                second.toString());
    }
}
