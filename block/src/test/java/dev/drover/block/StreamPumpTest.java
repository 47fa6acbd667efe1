package dev.drover.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link StreamPump} and {@link CompressedStream} over TCP connections of this machine. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class StreamPumpTest {
    private final List<Closeable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws IOException {
        for (Closeable each : open) {
            each.close();
        }
    }

    @Test
    void requestsAndAnswersPassACompressedStream() throws Exception {
        Pair link = pair();
        CompressedStream here = compressed(link.first);
        CompressedStream there = compressed(link.second);
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] request = new byte[1 + random.nextInt(i % 10 == 0 ? 700_000 : 300)];
            random.nextBytes(request);
            Thread writer = Thread.ofVirtual().start(() -> write(here.output(), request));
            assertThat(there.input().readNBytes(request.length)).isEqualTo(request);
            writer.join();
            byte[] answer = new byte[1 + random.nextInt(300)];
            random.nextBytes(answer);
            write(there.output(), answer);
            assertThat(here.input().readNBytes(answer.length)).isEqualTo(answer);
        }
        there.close();
        there.close();
        assertThat(here.input().read()).isEqualTo(-1);
    }

    @Test
    void closingACompressedStreamWakesItsReader() throws Exception {
        Pair link = pair();
        CompressedStream here = compressed(link.first);
        // A frame that has begun, so that the reader waits inside it.
        CompressedStream there = compressed(link.second);
        write(there.output(), new byte[] {1});
        assertThat(here.input().read()).isEqualTo(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread reader =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                int _ = here.input().read();
                            } catch (IOException e) {
                                thrown.set(e);
                            }
                        });
        while (reader.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        here.close();
        reader.join();
        assertThat(thrown.get()).isInstanceOf(IOException.class);
    }

    @Test
    void closingACompressedStreamWakesItsWriter() throws Exception {
        CompressedStream here = compressed(pair().first);
        byte[] bytes = new byte[1 << 20];
        new Random(3).nextBytes(bytes);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread writer =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                while (true) {
                                    write(here.output(), bytes);
                                }
                            } catch (UncheckedIOException e) {
                                thrown.set(e);
                            }
                        });
        while (writer.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        here.close();
        writer.join();
        assertThat(thrown.get()).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void anNbdClientWorksThroughACompressedTunnel() throws Exception {
        MemoryDisk disk = new MemoryDisk(4 << 20);
        byte[] bytes = new byte[3 << 20];
        new Random(2).nextBytes(bytes);
        disk.put(1 << 19, bytes);
        Pair link = pair();
        try (ScriptedNbdServer server = disk.serve()) {
            SocketChannel local = SocketChannel.open(UnixDomainSocketAddress.of(server.socket()));
            StreamPump pump =
                    StreamPump.start(
                            "source",
                            StreamPump.End.of(local),
                            StreamPump.End.compressed(
                                    link.second.getInputStream(),
                                    link.second.getOutputStream(),
                                    link.second,
                                    CompressedStream.LEVEL_FAST));
            CompressedStream stream = compressed(link.first);
            try (NbdClient client =
                    NbdClient.over(
                            stream.input(),
                            stream.output(),
                            stream,
                            "the tunnel",
                            "disk",
                            NbdClient.ALLOCATION)) {
                MemoryDisk copy = new MemoryDisk(4 << 20);
                try (ScriptedNbdServer to = copy.serve();
                        NbdClient target = to.connect()) {
                    new ImagePull(CopySettings.IMAGE).pull(client, target, _ -> {});
                }
                assertThat(copy.content).isEqualTo(disk.content);
                client.write(0, ByteBuffer.wrap(bytes, 0, 300_000));
                assertThat(disk.content).startsWith(Arrays.copyOf(bytes, 300_000));
            }
            // DISC made the server close its end; the pump ends both.
            assertThat(pump.awaitEnd()).isEmpty();
            assertThat(local.isOpen()).isFalse();
            assertThat(link.second.isClosed()).isTrue();
            assertThat(pump.bytesToSecond()).isGreaterThan(3 << 20);
            assertThat(pump.bytesToFirst()).isBetween(300_000L, 310_000L);
        }
    }

    @Test
    void bothEndsEndWhenOneIsTorn() throws Exception {
        Pair left = pair();
        Pair right = pair();
        StreamPump pump = StreamPump.start("torn", end(left.second), end(right.first));
        write(left.first.getOutputStream(), new byte[] {1, 2, 3});
        assertThat(right.second.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
        // No orderly end but a reset.
        left.first.setSoLinger(true, 0);
        left.first.close();
        assertThat(pump.awaitEnd()).isPresent();
        assertThat(right.second.getInputStream().read()).isEqualTo(-1);
        assertThat(pump.bytesToSecond()).isEqualTo(3);
        assertThat(pump.bytesToFirst()).isZero();
    }

    @Test
    void closeEndsBothEndsAndIsNoFailure() throws Exception {
        Pair left = pair();
        Pair right = pair();
        StreamPump pump = StreamPump.start("closed", end(left.second), end(right.first));
        pump.close();
        pump.close();
        assertThat(pump.awaitEnd()).isEmpty();
        assertThat(left.first.getInputStream().read()).isEqualTo(-1);
        assertThat(right.second.getInputStream().read()).isEqualTo(-1);
    }

    private static StreamPump.End end(Socket socket) throws IOException {
        return StreamPump.End.of(socket.getInputStream(), socket.getOutputStream());
    }

    private CompressedStream compressed(Socket socket) throws IOException {
        CompressedStream stream =
                new CompressedStream(
                        socket.getInputStream(),
                        socket.getOutputStream(),
                        socket,
                        CompressedStream.LEVEL_FAST);
        open.add(stream);
        return stream;
    }

    private static void write(OutputStream out, byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Pair(Socket first, Socket second) {}

    private Pair pair() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket first = new Socket(listener.getInetAddress(), listener.getLocalPort());
            Socket second = listener.accept();
            open.add(first);
            open.add(second);
            return new Pair(first, second);
        }
    }
}
