package dev.drover.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.MonitorMessage;
import dev.drover.api.Progress;
import dev.drover.api.link.LinkException;
import dev.drover.monitor.rest.Watcher;
import dev.drover.monitor.rest.Watcher.Heard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What those hear who watch a real monitor, with agents that only obey. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // before all tests
class EventsTest {
    @TempDir private static Path state;

    private static TestCluster cluster;
    private static TestHost h1;

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.start(state);
        h1 = cluster.host("h1", "");
    }

    @AfterAll
    static void stop() {
        h1.close();
        cluster.close();
    }

    /** What other tests have left is heard, too. */
    private static Heard next(Watcher watcher, String about) throws IOException {
        return watcher.next(heard ->
                List.of(heard.text("vm.name"), heard.text("move.vm"), heard.text("host.name"))
                        .contains(about));
    }

    private static void hears(Watcher watcher, String about, String type, String path, String text)
            throws IOException {
        Heard heard = next(watcher, about);
        assertThat(heard.type()).isEqualTo(type);
        assertThat(heard.text(path)).isEqualTo(text);
        assertThat(heard.text("time")).startsWith("20").endsWith("Z");
    }

    @Test
    void aVmIsHeardOfFromItsBeginningToItsEnd() throws Exception {
        try (Watcher watcher = cluster.watch()) {
            cluster.createVm("vm", "h1");
            hears(watcher, "vm", "vm-created", "vm.name", "vm");
            cluster.ask(new MonitorMessage.SleepVm("vm"), Void.class);
            hears(watcher, "vm", "vm-wanted", "vm.wanted", "ASLEEP");
            hears(watcher, "vm", "vm-record", "vm.epoch", "2");
            cluster.ask(new MonitorMessage.StopVm("vm", 0), Void.class);
            hears(watcher, "vm", "vm-wanted", "vm.wanted", "STOPPED");
            hears(watcher, "vm", "vm-record", "vm.epoch", "3");
            cluster.ask(new MonitorMessage.StopVm("vm", 0), Void.class);
            hears(watcher, "vm", "vm-record", "vm.epoch", "4");
            cluster.ask(new MonitorMessage.DestroyVm("vm"), Void.class);
            hears(watcher, "vm", "vm-destroyed", "vm.epoch", "4");
        }
    }

    @Test
    void whatAHostRefusesIsHeardOfAsUndone() throws Exception {
        cluster.createVm("awake", "h1");
        try (Watcher watcher = cluster.watch()) {
            h1.refusing(true);
            assertThat(refused(new MonitorMessage.SleepVm("awake"))).isTrue();
            hears(watcher, "awake", "vm-wanted", "vm.wanted", "ASLEEP");
            hears(watcher, "awake", "vm-record", "vm.epoch", "2");
            hears(watcher, "awake", "vm-wanted", "vm.wanted", "RUNNING");
        } finally {
            h1.refusing(false);
        }
    }

    private static boolean refused(MonitorMessage message)
            throws IOException, InterruptedException {
        try {
            cluster.ask(message, Void.class);
            return false;
        } catch (LinkException.RemoteFailure _) {
            return true;
        }
    }

    @Test
    void aHostIsHeardToComeAndToGo() throws Exception {
        try (Watcher watcher = cluster.watch()) {
            TestHost h3 = cluster.host("h3", "");
            h3.hello();
            hears(watcher, "h3", "host-connected", "host.connected", "true");
            h3.close();
            hears(watcher, "h3", "host-disconnected", "host.connected", "false");
        }
    }

    @Test
    void aMoveIsHeardOfFromItsBeginningToItsEnd() throws Exception {
        cluster.createVm("moved", "h1");
        CountDownLatch instantiated = new CountDownLatch(1);
        TestHost h2 = cluster.slowHost("h2", "moved", instantiated);
        h2.hello();
        try (Watcher watcher = cluster.watch()) {
            var start = new MonitorMessage.StartMove("moved", "h2", false, Optional.empty());
            String move = cluster.ask(start, MonitorMessage.MoveStarted.class).move();
            hears(watcher, "moved", "move-began", "move.id", move);
            long began = System.nanoTime();
            for (int done = 1; done <= 4; done++) {
                var quarter = new Progress.DiskProgress(done, 4, 1);
                h2.say(new MonitorMessage.Report(move, quarter));
            }
            hears(watcher, "moved", "move-progress", "move.diskDone", "0.25");
            instantiated.countDown();
            List<String> heard = new ArrayList<>();
            Heard next;
            do {
                next = next(watcher, "moved");
                heard.add(
                        switch (next.type()) {
                            case "move-phase" -> next.text("move.phase");
                            case "vm-record" ->
                                    next.text("vm.host")
                                            + " "
                                            + next.text("vm.epoch")
                                            + " "
                                            + next.text("vm.move").equals(move);
                            case String other -> other;
                        });
            } while (!next.type().equals("move-ended"));
            long halfSeconds = (System.nanoTime() - began) / 500_000_000;
            assertThat(heard.stream().filter("move-progress"::equals).count())
                    .isLessThanOrEqualTo(halfSeconds);
            heard.removeIf("move-progress"::equals);
            assertThat(heard)
                    .containsExactly(
                            "SNAPSHOT",
                            "PULL",
                            "PRECOPY",
                            "HOLD",
                            "COMMIT",
                            "h2 2 true",
                            "RESUME",
                            "DELIVER",
                            "RELEASE",
                            "move-ended");
            assertThat(next.text("move.outcome.kind")).isEqualTo("MOVED");
        } finally {
            h2.close();
        }
    }
}
