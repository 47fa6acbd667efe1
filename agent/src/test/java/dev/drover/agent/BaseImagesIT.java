package dev.drover.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.HostAddress;
import dev.drover.api.ImageStream;
import dev.drover.api.Origin;
import dev.drover.api.link.LinkServer;
import dev.drover.api.link.Streams;
import dev.drover.api.tls.Subject;
import dev.drover.engine.HostFailure;
import dev.drover.ports.VmSpec;
import dev.drover.testkit.guest.FakeHypervisor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Base images with a real qemu-img, and from one agent to another. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // before each test
class BaseImagesIT {
    private static final VmSpec SPEC = FakeHost.SPEC;

    @TempDir private Path temp;

    private HostContext host;
    private byte[] disk;
    private String sha256;

    @BeforeEach
    void aHostAndADisk() throws Exception {
        host = new FakeHost(temp, new FakeHypervisor()).context();
        disk = new byte[4096];
        disk[0] = 17;
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        sha256 = digest(disk);
    }

    private static String digest(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private Path file() {
        return temp.resolve("images").resolve(sha256);
    }

    @Test
    void aDiskIsKeptByItsContentAndVmsBeginAsCopiesOfIt() throws Exception {
        var facts = host.images().take(sha256, new ByteArrayInputStream(disk));
        assertThat(facts).isEqualTo(new ImageStream.Facts(VmSpec.Format.RAW, disk.length));
        assertThat(file()).hasBinaryContent(disk);
        assertThat(temp.resolve("images")).isDirectoryContaining(f -> f.equals(file()));
        Origin.Image image = new Origin.Image("debian", sha256, disk.length, List.of());
        LocalVms vms = new LocalVms(host, new Sides(host));
        vms.create(vms.fit(SPEC, image), 1, image);
        host.images().drop(sha256);
        Path volume = vms.named(SPEC.name()).allocation().volume(SPEC.disk().format());
        assertThat(Files.readAllBytes(volume)).startsWith(disk).hasSize(1 << 20);
    }

    @Test
    void whatIsNoDiskByItselfIsNotKept() throws Exception {
        byte[] text = "#!/bin/sh".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> host.images().take(digest(text), new ByteArrayInputStream(text)))
                .isInstanceOf(HostFailure.class)
                .hasMessageContaining("Cannot use FILE: it is no disk image");
        Path base = Files.write(temp.resolve("base.raw"), disk);
        Path overlay = temp.resolve("overlay.qcow2");
        var create =
                new ProcessBuilder(
                                "qemu-img",
                                "create",
                                "-q",
                                "-f",
                                "qcow2",
                                "-F",
                                "raw",
                                "-b",
                                base.toString(),
                                overlay.toString())
                        .start();
        assertThat(create.waitFor()).isZero();
        byte[] bytes = Files.readAllBytes(overlay);
        assertThatThrownBy(() -> host.images().take(digest(bytes), new ByteArrayInputStream(bytes)))
                .hasMessageContaining("it needs another file, " + base);
        assertThat(temp.resolve("images")).isEmptyDirectory();
    }

    @Test
    void whatAHostHasNotItGetsFromOneThatHas() throws Exception {
        host.images().take(sha256, new ByteArrayInputStream(disk));
        Sides sides = new Sides(host);
        HostService service = new HostService(host, sides, new LocalVms(host, sides));
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        BaseImages other = BaseImages.in(temp.resolve("other"));
        try (LinkServer server = LinkServer.listen(any, host.identity(), _ -> service)) {
            HostAddress dead = new HostAddress("h1", "127.0.0.1", 1);
            HostAddress h1 = new HostAddress("h1", "127.0.0.1", server.address().getPort());
            other.obtain(
                    new Origin.Image("debian", sha256, disk.length, List.of(dead, h1)),
                    host.identity());
            assertThat(temp.resolve("other").resolve(sha256)).hasBinaryContent(disk);
            other.drop(sha256);
            Files.write(file(), new byte[] {1}); // It was damaged.
            assertThatThrownBy(() ->
                            other.obtain(
                                    new Origin.Image("debian", sha256, 1, List.of(h1)),
                                    host.identity()))
                    .hasMessageContaining("h1: What came is not what was announced");
        }
        assertThat(temp.resolve("other")).isEmptyDirectory();
    }

    @Test
    void onlyTheMonitorMaySendOne() throws IOException {
        Sides sides = new Sides(host);
        HostService service = new HostService(host, sides, new LocalVms(host, sides));
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (LinkServer server = LinkServer.listen(any, host.identity(), _ -> service)) {
            assertThatThrownBy(() ->
                            Streams.open(
                                    server.address(),
                                    host.identity(),
                                    Subject.host("h1"),
                                    ImageStream.PURPOSE,
                                    new ImageStream.Offer(1, sha256, 1)))
                    .hasMessageContaining("may not open this stream");
        }
    }
}
