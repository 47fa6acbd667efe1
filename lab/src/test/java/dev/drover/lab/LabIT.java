package dev.drover.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real namespaces. */
@Timeout(60)
class LabIT {
    private final Layout layout = new Layout(TestLab.prefix("l"), 2);

    @TempDir Path state;

    @AfterEach
    void nothingIsLeft() {
        Lab.removeLeftovers(state);
        assertThat(layout.namespaces()).noneMatch(Namespace::exists);
    }

    @Test
    void everyoneReachesTheOthersAndNobodyElse() {
        try (Lab lab = Lab.create(layout, state)) {
            ping(lab.host(1), Layout.managementAddress(2));
            ping(lab.host(2), Layout.MONITOR_ADDRESS);
            Host host = lab.host(2);
            host.namespace().ip("address add 10.77.0.2/24 dev vmbr0\n");
            ping(lab.client(), "10.77.0.2");
            assertThatThrownBy(() -> ping(lab.client(), Layout.MONITOR_ADDRESS))
                    .isInstanceOf(LabException.class);
            assertThat(host.namespace().run("ip", "-6", "address")).isEmpty();
        }
    }

    private static void ping(Host from, String to) {
        from.namespace().run("busybox", "ping", "-c", "1", "-W", "2", to);
    }

    @Test
    void countersAreThoseOfTheNamespace() {
        try (Lab lab = Lab.create(layout, state)) {
            Host host = lab.host(1);
            InterfaceCounters before = host.counters(Layout.MANAGEMENT);
            ping(host, Layout.MONITOR_ADDRESS);
            InterfaceCounters after = host.counters(Layout.MANAGEMENT);
            assertThat(after.sentBytes() - before.sentBytes()).isBetween(98L, 5000L);
            assertThat(after.receivedPackets()).isGreaterThan(before.receivedPackets());
            assertThatThrownBy(() -> host.counters("eth9")).hasMessageContaining("eth9");
        }
    }

    @Test
    void closingEndsProcessesAndRemovesStateButKeepsLogs() throws Exception {
        Process process;
        Path directory;
        Path log;
        try (Lab lab = Lab.create(layout, state)) {
            Host host = lab.host(1);
            process = host.start("talker", List.of("sh", "-c", "echo hello; exec sleep 1000"));
            assertThat(host.processes()).contains(process.toHandle());
            directory = host.directory();
            Files.createDirectories(directory.resolve("vm"));
            log = host.log("talker");
            awaitContent(log, "hello");
            // A session of its own: field 6 of proc_pid_stat(5).
            assertThat(
                            Files.readString(Path.of("/proc/" + process.pid() + "/stat"))
                                    .split(" ", 7)[5])
                    .isEqualTo(Long.toString(process.pid()));
        }
        assertThat(process.isAlive()).isFalse();
        assertThat(directory).doesNotExist();
        assertThat(log).hasContent("hello");
    }

    private static void awaitContent(Path file, String content) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!Files.readString(file).contains(content)) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void aFrozenProcessIsEndedToo() throws Exception {
        Path freezer = Path.of("/sys/fs/cgroup/freezer");
        boolean first = Files.isDirectory(freezer);
        Path group =
                Files.createDirectory(
                        (first ? freezer : Path.of("/sys/fs/cgroup")).resolve(layout.prefix()));
        try {
            Process process;
            try (Lab lab = Lab.create(layout, state)) {
                process = lab.host(1).start("frozen", List.of("sleep", "1000"));
                Files.writeString(group.resolve("cgroup.procs"), Long.toString(process.pid()));
                Files.writeString(
                        group.resolve(first ? "freezer.state" : "cgroup.freeze"),
                        first ? "FROZEN" : "1");
            }
            assertThat(process.isAlive()).isFalse();
        } finally {
            Files.writeString(
                    group.resolve(first ? "freezer.state" : "cgroup.freeze"),
                    first ? "THAWED" : "0");
            Files.delete(group);
        }
    }

    @Test
    void theNextRunRemovesWhatAKilledOneLeft() throws Exception {
        Process maker = startMaker();
        try {
            long sleeper = Long.parseLong(maker.inputReader().readLine());
            assertThat(layout.namespaces()).allMatch(Namespace::exists);
            assertThatThrownBy(() -> Lab.create(layout, state))
                    .hasMessageContaining("Another run uses");
            assertThatThrownBy(() -> Lab.check(layout, state))
                    .hasMessageContaining("Another run uses");
            maker.destroyForcibly().waitFor();
            Lab.check(layout, state);
            assertThat(ProcessHandle.of(sleeper)).isPresent();
            try (Lab lab = Lab.create(layout, state)) {
                assertThat(ProcessHandle.of(sleeper)).isEmpty();
                ping(lab.host(1), Layout.MONITOR_ADDRESS);
            }
        } finally {
            maker.destroyForcibly();
        }
    }

    private Process startMaker() throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LabMaker.class.getName(),
                        layout.prefix(),
                        state.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void somebodyElsesNamespaceIsRefusedAndLeftAlone() {
        Namespace foreign = layout.host(2);
        Command.run("ip", "netns", "add", foreign.name());
        try {
            assertThatThrownBy(() -> Lab.check(layout, state))
                    .hasMessageContaining("'" + foreign.name() + "'");
            assertThat(state).isEmptyDirectory();
            assertThatThrownBy(() -> Lab.create(layout, state))
                    .isInstanceOf(LabException.class)
                    .hasMessageContaining("'" + foreign.name() + "'")
                    .hasMessageContaining("did not make");
            assertThat(foreign.exists()).isTrue();
            assertThat(layout.host(1).exists()).isFalse();
        } finally {
            Command.run("ip", "netns", "delete", foreign.name());
        }
    }

    @Test
    void aNamespaceMadeAnewByOthersUnderOurNameIsNotOurs() throws IOException {
        Namespace foreign = layout.host(1);
        Command.run("ip", "netns", "add", foreign.name());
        try {
            try (var journal = LabJournal.begin(Leftovers.journal(state))) {
                journal.namespace(foreign.name());
                journal.made(foreign.name(), foreign.identity().orElseThrow() + 1);
            }
            assertThat(Lab.removeLeftovers(state)).isEmpty();
            assertThat(foreign.exists()).isTrue();
        } finally {
            Command.run("ip", "netns", "delete", foreign.name());
        }
    }

    @Test
    void labsOfDifferentPrefixesLiveSideBySide(@TempDir Path otherState) {
        var other = new Layout(TestLab.prefix("m"), 1);
        try (Lab lab = Lab.create(layout, state);
                Lab second = Lab.create(other, otherState)) {
            ping(second.host(1), Layout.MONITOR_ADDRESS);
            ping(lab.host(1), Layout.MONITOR_ADDRESS);
            assertThat(second.hosts()).hasSize(1);
        }
    }
}
