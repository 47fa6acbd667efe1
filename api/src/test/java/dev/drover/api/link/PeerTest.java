package dev.drover.api.link;

import static dev.drover.api.link.TestCluster.A;
import static dev.drover.api.link.TestCluster.MONITOR;
import static dev.drover.api.link.TestCluster.all;
import static dev.drover.api.link.TestCluster.answering;
import static dev.drover.api.link.TestCluster.anyPort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.link.LinkException.LinkTimeout;
import dev.drover.api.link.LinkException.RemoteFailure;
import dev.drover.protocol.Active;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a link does while it lives. How it ends: {@link LinkEndTest}. */
@Timeout(30)
@SuppressWarnings("try") // closing in the middle is what is tested
class PeerTest {
    private static TestCluster cluster;

    @BeforeAll
    static void makeCluster(@TempDir Path directory) throws IOException {
        cluster = new TestCluster(directory);
    }

    /** A monitor that answers by {@code service}, and host a connected to it. */
    private record Pair(LinkServer server, Peer host) implements AutoCloseable {
        static Pair of(Service service) throws IOException {
            return of(service, Service.refusing());
        }

        static Pair of(Service service, Service hosts) throws IOException {
            LinkServer server = LinkServer.listen(anyPort(), cluster.monitor, all(service));
            return new Pair(
                    server,
                    Peer.connect(server.address(), cluster.a, MONITOR, hosts, LinkLimits.USUAL));
        }

        @Override
        public void close() {
            host.close();
            server.close();
        }
    }

    @Test
    void aCallIsAnsweredWithARecord() throws Exception {
        Service raising =
                answering((caller, verb, body) -> {
                    assertThat(caller.subject()).isEqualTo(A);
                    assertThat(caller.version()).isEqualTo(Greeting.VERSION);
                    assertThat(verb).isEqualTo("raise");
                    Active active = Json.read(body, Active.class);
                    return new Active(active.host(), active.epoch() + 1);
                });
        try (Pair pair = Pair.of(raising)) {
            assertThat(pair.host.caller().subject()).isEqualTo(MONITOR);
            assertThat(pair.host.call("raise", new Active("ä", 1), Active.class))
                    .isEqualTo(new Active("ä", 2));
        }
    }

    @Test
    void nullIsABodyAndAnAnswer() throws Exception {
        Service nothing = answering((_, _, body) -> body.isNull() ? null : "was not null");
        try (Pair pair = Pair.of(nothing)) {
            assertThat((Object) pair.host.call("nothing", null, Void.class)).isNull();
        }
    }

    @Test
    void bothSidesCallEachOtherOnOneConnectionEvenWhileTheyAnswer() throws Exception {
        Service asking =
                answering((caller, _, body) ->
                        caller.peer().orElseThrow().call("half", body, Integer.class) + 1);
        Service halving = answering((_, _, body) -> body.asInt() / 2);
        try (Pair pair = Pair.of(asking, halving)) {
            assertThat(pair.host.call("ask", 40, Integer.class)).isEqualTo(21);
        }
    }

    @Test
    void whatTheServiceThrowsArrivesAsKindAndMessage() throws Exception {
        Service failing =
                answering((_, verb, _) -> {
                    throw verb.equals("plain")
                            ? new IllegalStateException("The disk is \"full\"")
                            : new IOException((String) null) {
                                private static final long serialVersionUID = 1L;
                            };
                });
        try (Pair pair = Pair.of(failing)) {
            assertThatThrownBy(() -> pair.host.call("plain", null, Void.class))
                    .isInstanceOfSatisfying(
                            RemoteFailure.class,
                            e -> assertThat(e.kind()).isEqualTo("IllegalStateException"))
                    .hasMessage("The disk is \"full\"");
            assertThatThrownBy(() -> pair.host.call("anonymous", null, Void.class))
                    .isInstanceOfSatisfying(
                            RemoteFailure.class, e -> assertThat(e.kind()).isEqualTo("IOException"))
                    .hasMessage("IOException");
            assertThat(pair.host.isOpen()).isTrue();
        }
    }

    @Test
    void anErrorInTheServiceDoesNotHangTheCaller() throws Exception {
        Service broken =
                answering((_, _, _) -> {
                    throw new StackOverflowError("too deep");
                });
        try (Pair pair = Pair.of(broken)) {
            assertThatThrownBy(() -> pair.host.call("x", null, Void.class))
                    .isInstanceOf(RemoteFailure.class)
                    .hasMessage("too deep");
        }
    }

    @Test
    void aServiceThatLeavesItsThreadInterruptedIsHeardAllTheSame() throws Exception {
        Service sloppy =
                answering((_, _, _) -> {
                    Thread.currentThread().interrupt();
                    return 1;
                });
        try (Pair pair = Pair.of(sloppy)) {
            for (int i = 0; i < 20; i++) {
                assertThat(pair.host.call("x", null, Integer.class)).isEqualTo(1);
            }
        }
    }

    @Test
    void interruptingTheCallerInterruptsTheServingThreadAndTheLinkLives() throws Exception {
        var serving = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        try (Pair pair = Pair.of(waiting(serving, interrupted))) {
            var thrown = new CompletableFuture<Throwable>();
            Thread caller = callOnVirtualThread(pair.host, thrown);
            serving.await();
            caller.interrupt();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            interrupted.await();
            assertThat(pair.host.call("echo", 7, Integer.class)).isEqualTo(7);
        }
    }

    @Test
    void aCallWhoseTimeIsUpInterruptsTheServingThread() throws Exception {
        var interrupted = new CountDownLatch(1);
        try (Pair pair = Pair.of(waiting(new CountDownLatch(1), interrupted))) {
            Duration atMost = Duration.ofMillis(20);
            assertThatThrownBy(() -> pair.host.call("wait", null, Void.class, atMost))
                    .isInstanceOf(LinkTimeout.class)
                    .hasMessageContaining("'wait'")
                    .hasMessageContaining("20 ms");
            interrupted.await();
            assertThat(pair.host.call("echo", 7, Integer.class)).isEqualTo(7);
        }
    }

    @Test
    void callersThatAreInterruptedAtAnyMomentNeverBreakTheLink() throws Exception {
        try (Pair pair = Pair.of(answering((_, _, body) -> body.asInt()))) {
            for (int i = 0; i < 300; i++) {
                int number = i;
                var started = new CountDownLatch(1);
                Thread caller =
                        Thread.ofVirtual()
                                .start(() -> {
                                    started.countDown();
                                    callQuietly(pair.host, number);
                                });
                started.await();
                for (int spin = 0; spin < i; spin++) {
                    Thread.onSpinWait();
                }
                caller.interrupt();
            }
            assertThat(pair.host.call("echo", 7, Integer.class)).isEqualTo(7);
        }
    }

    @Test
    void toldMessagesAreDealtWithInOrder() throws Exception {
        var told = new LinkedBlockingQueue<Integer>();
        try (Pair pair = Pair.of(answering((_, _, body) -> told.add(body.asInt())))) {
            List<Integer> numbers = IntStream.range(0, 1000).boxed().toList();
            numbers.forEach(number -> pair.host.tell("note", number));
            List<Integer> heard = new ArrayList<>();
            while (heard.size() < numbers.size()) {
                Integer next = told.poll(10, TimeUnit.SECONDS);
                assertThat(next).isNotNull();
                heard.add(next);
            }
            assertThat(heard).isEqualTo(numbers);
        }
    }

    @Test
    void whatWasToldBeforeTheCloseStillArrives() throws Exception {
        var told = new LinkedBlockingQueue<Integer>();
        try (Pair pair = Pair.of(answering((_, _, body) -> told.add(body.asInt())))) {
            for (int i = 0; i < 5000; i++) {
                pair.host.tell("note", i);
            }
            pair.host.close();
            for (int i = 0; i < 5000; i++) {
                assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
            }
        }
    }

    @Test
    void manyCallsAtATimeInBothDirectionsGetTheirOwnAnswers() throws Exception {
        var toHost = new CompletableFuture<Peer>();
        Service echo =
                answering((caller, _, body) -> {
                    toHost.complete(caller.peer().orElseThrow());
                    return body.asString();
                });
        try (Pair pair = Pair.of(echo, echo);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            pair.host.call("echo", "first", String.class);
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (Peer peer : List.of(pair.host, toHost.get())) {
                for (int thread = 0; thread < 8; thread++) {
                    String name = "t" + thread;
                    tasks.add(() -> echoMany(peer, name));
                }
            }
            for (Future<Integer> done : threads.invokeAll(tasks)) {
                assertThat(done.get()).isEqualTo(200);
            }
        }
    }

    @Test
    void aLargeBodyPassesAndATooLargeOneIsRefusedHere() throws Exception {
        try (Pair pair = Pair.of(answering((_, _, body) -> body.asString().length()))) {
            assertThat(pair.host.call("length", "x".repeat(20 << 20), Integer.class))
                    .isEqualTo(20 << 20);
            String tooLarge = "x".repeat(Frame.MOST_BYTES);
            assertThatThrownBy(() -> pair.host.call("length", tooLarge, Integer.class))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("stream");
            assertThat(pair.host.call("length", "xy", Integer.class)).isEqualTo(2);
        }
    }

    private static int echoMany(Peer peer, String name) throws InterruptedException {
        int right = 0;
        for (int i = 0; i < 200; i++) {
            String mine = name + "-" + i;
            right += peer.call("echo", mine, String.class).equals(mine) ? 1 : 0;
        }
        return right;
    }

    private static void callQuietly(Peer peer, int number) {
        try {
            peer.call("echo", number, Integer.class);
        } catch (InterruptedException _) {
            // as intended
        }
    }

    private static Thread callOnVirtualThread(Peer peer, CompletableFuture<Throwable> thrown) {
        return Thread.ofVirtual()
                .start(() -> {
                    try {
                        peer.call("wait", null, Void.class);
                        thrown.complete(new AssertionError("was answered"));
                    } catch (InterruptedException | RuntimeException e) {
                        thrown.complete(e);
                    }
                });
    }

    /** Waits for ever when asked to; says when it does and when it was interrupted. */
    static Service waiting(CountDownLatch serving, CountDownLatch interrupted) {
        return answering((_, verb, body) -> {
            if (!verb.equals("wait")) {
                return body;
            }
            serving.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return null;
        });
    }
}
