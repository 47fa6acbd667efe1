package dev.drover.api.link;

import static dev.drover.api.link.TestCluster.A;
import static dev.drover.api.link.TestCluster.all;
import static dev.drover.api.link.TestCluster.anyPort;
import static dev.drover.api.link.TestCluster.streaming;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.link.LinkException.RemoteFailure;
import dev.drover.protocol.Active;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@SuppressWarnings("try") // closing in the middle is what is tested
class StreamsTest {
    private static TestCluster cluster;

    @BeforeAll
    static void makeCluster(@TempDir Path directory) throws IOException {
        cluster = new TestCluster(directory);
    }

    private static LinkServer serve(TestCluster.Handler handler) throws IOException {
        return LinkServer.listen(anyPort(), cluster.a, all(streaming(handler)));
    }

    private static Streams open(InetSocketAddress address) {
        return Streams.open(address, cluster.b, A, "disk", null);
    }

    @Test
    void whatIsWrittenArrivesInPiecesOfAnySizeAndTheAnswerAfterTheEnd() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            byte[] bytes = new byte[5_000_003];
            Random random = new Random(seed);
            random.nextBytes(bytes);
            try (LinkServer server = serve((_, in, out) -> out.write(sha256(in)));
                    Streams stream = open(server.address())) {
                int at = 0;
                while (at < bytes.length) {
                    int some = Math.min(random.nextInt(200_000), bytes.length - at);
                    stream.out().write(bytes, at, some);
                    at += some;
                }
                stream.endOutput();
                String expected = HexFormat.of().formatHex(sha256(bytes));
                assertThat(HexFormat.of().formatHex(stream.in().readAllBytes()))
                        .as("seed %d", seed)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void purposeAndHeaderReachTheService() throws Exception {
        var header = new CompletableFuture<Active>();
        try (LinkServer server =
                        serve((json, _, out) -> {
                            header.complete(Json.read(json, Active.class));
                            out.write('!');
                        });
                Streams stream =
                        Streams.open(server.address(), cluster.b, A, "disk", new Active("x", 9))) {
            assertThat(stream.in().readAllBytes()).isEqualTo(new byte[] {'!'});
            assertThat(header.get()).isEqualTo(new Active("x", 9));
        }
    }

    @Test
    void bothDirectionsFlowAtTheSameTime() throws Exception {
        int size = 8 << 20;
        try (LinkServer server =
                        serve((_, in, out) -> {
                            in.transferTo(out);
                            out.close();
                        });
                Streams stream = open(server.address())) {
            byte[] bytes = new byte[size];
            new Random(4).nextBytes(bytes);
            Thread writer = Thread.ofVirtual().start(() -> writeAll(stream, bytes));
            assertThat(stream.in().readAllBytes()).isEqualTo(bytes);
            writer.join();
        }
    }

    @Test
    void smallPiecesPassWhenFlushed() throws Exception {
        try (LinkServer server = serve(StreamsTest::echoBytes);
                Streams stream = open(server.address())) {
            for (int b : new int[] {0, 1, 255, 128}) {
                stream.out().write(b);
                stream.out().flush();
                assertThat(stream.in().read()).isEqualTo(b);
            }
            stream.endOutput();
            assertThat(stream.in().read()).isEqualTo(-1);
        }
    }

    @Test
    void openReturnsWhenTheHandlerTookItsStreams() throws Exception {
        var go = new CountDownLatch(1);
        var opened = new CompletableFuture<Streams>();
        try (LinkServer server =
                serve((_, in, out) -> {
                    go.await();
                    out.flush();
                    in.readAllBytes();
                })) {
            Thread.ofVirtual().start(() -> opened.complete(open(server.address())));
            assertThat(opened).isNotDone();
            go.countDown();
            opened.get().close();
        }
    }

    @Test
    void whatTheHandlerThrowsBeforeItTookItsStreamsIsThrownByOpen() throws Exception {
        try (LinkServer server =
                serve((_, _, _) -> {
                    throw new IllegalStateException("No such export");
                })) {
            assertThatThrownBy(() -> open(server.address()))
                    .isInstanceOfSatisfying(
                            RemoteFailure.class,
                            e -> assertThat(e.kind()).isEqualTo("IllegalStateException"))
                    .hasMessage("No such export");
        }
    }

    @Test
    void whatTheHandlerThrowsLaterIsReadAsAFailureNotAsTheEnd() throws Exception {
        try (LinkServer server =
                        serve((_, _, out) -> {
                            out.write(new byte[100_000]);
                            throw new IOException("The disk broke");
                        });
                Streams stream = open(server.address())) {
            assertThatThrownBy(() -> stream.in().readAllBytes())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("The disk broke");
        }
    }

    @Test
    void aConnectionThatIsCutIsReadAsAFailureByBothSides() throws Exception {
        var read = new CompletableFuture<Throwable>();
        try (LinkServer server = serve((_, in, out) -> failOfReading(in, out, read));
                TestProxy proxy = new TestProxy(server.address());
                Streams stream = open(proxy.address())) {
            stream.out().write(new byte[1000]);
            stream.out().flush();
            assertThat(stream.in().read()).isEqualTo(7);
            proxy.cut();
            assertThatThrownBy(() -> stream.in().read()).isInstanceOf(IOException.class);
            assertThat(read.get()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void closingWithoutAnEndIsReadAsAFailure() throws Exception {
        var read = new CompletableFuture<Throwable>();
        try (LinkServer server = serve((_, in, out) -> failOfReading(in, out, read))) {
            try (Streams stream = open(server.address())) {
                stream.out().write(new byte[1000]);
                stream.out().flush();
            }
            assertThat(read.get()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aHandlerThatIsDoneEarlyStillGetsItsLastWordsAcross() throws Exception {
        try (LinkServer server =
                        serve((_, in, out) -> {
                            assertThat(in.read()).isEqualTo(0);
                            out.write("enough".getBytes(US_ASCII));
                        });
                Streams stream = open(server.address())) {
            stream.out().write(new byte[1 << 20]);
            stream.out().flush();
            assertThat(new String(stream.in().readAllBytes(), US_ASCII)).isEqualTo("enough");
        }
    }

    @Test
    void closingTheServerBreaksItsStreams() throws Exception {
        var read = new CompletableFuture<Throwable>();
        try (LinkServer server = serve((_, in, out) -> failOfReading(in, out, read));
                Streams stream = open(server.address())) {
            assertThat(stream.in().read()).isEqualTo(7);
            server.close();
            assertThat(read.get()).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> stream.in().read()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void closingUnblocksAWriterWhoseDataNobodyReads() throws Exception {
        var done = new CountDownLatch(1);
        var written = new CountDownLatch(1);
        try (LinkServer server =
                        serve((_, _, out) -> {
                            out.flush();
                            done.await();
                        });
                Streams stream = open(server.address())) {
            Thread writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                written.countDown();
                                writeAll(stream, new byte[64 << 20]);
                            });
            written.await();
            stream.close();
            writer.join();
            done.countDown();
        }
    }

    private static void echoBytes(Object header, InputStream in, OutputStream out)
            throws IOException {
        int b;
        while ((b = in.read()) >= 0) {
            out.write(b);
            out.flush();
        }
    }

    private static void failOfReading(
            InputStream in, OutputStream out, CompletableFuture<Throwable> read)
            throws IOException {
        out.write(7);
        out.flush();
        try {
            in.readAllBytes();
            read.complete(new AssertionError("was taken for the end"));
        } catch (IOException e) {
            read.complete(e);
            throw e;
        }
    }

    private static void writeAll(Streams stream, byte[] bytes) {
        try {
            stream.out().write(bytes);
            stream.endOutput();
        } catch (IOException _) {
            // the reader tells
        }
    }

    private static byte[] sha256(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    private static byte[] sha256(InputStream in) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[10_000];
        int got;
        while ((got = in.read(buffer)) > 0) {
            digest.update(buffer, 0, got);
        }
        return digest.digest();
    }
}
