package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.api.link.Json;
import dev.drover.lab.Command;
import dev.drover.lab.Lab;
import dev.drover.protocol.Phase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code drover demo} as a person runs it: a process of its own, and what it leaves. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DemoIT {
    /** Kept, for its cache of the guest. */
    private static final Path STATE = Path.of("/var/lib/drover/demo-it");

    /** Those of a move that nothing went wrong with, in order. */
    private static final List<String> PHASES =
            EnumSet.range(Phase.INSTANTIATE, Phase.RELEASE).stream().map(Phase::name).toList();

    @TempDir Path temp;
    private Path output;

    /** So that a demo of somebody else's, or what is left of it, does not matter. */
    private static final String PREFIX = "demoit";

    private static Set<String> there = Set.of();

    @BeforeAll
    static void seeWhatIsThere() throws IOException {
        Lab.removeLeftovers(STATE.resolve("lab"));
        there = processesAndGroups();
    }

    @BeforeEach
    void nothingIsThere() throws IOException {
        output = temp.resolve("output");
        assertNothingLeft();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertNothingLeft();
    }

    @Test
    void aVmGoesRoundThreeHostsAndTheReportsAreTheLastLine() throws Exception {
        Process demo = demo("--hosts=3", "--moves=3", "--rate=2000", "--json");
        String stdout = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(demo.waitFor()).as("%s", said()).isZero();
        JsonNode moves = Json.mapper().readTree(stdout.strip().lines().toList().getLast());
        List<String> hosts = new ArrayList<>();
        for (JsonNode move : moves.path("moves")) {
            hosts.add(move.at("/active/host").asString());
            assertThat(names(move))
                    .contains("vm", "source", "target", "total_ms", "pause_ms", "guest_gap_ms");
            assertThat(names(move.path("phases").get(0))).containsExactly("name", "took_ms");
            assertThat(move.path("phases").valueStream().map(p -> p.path("name").asString()))
                    .containsExactlyElementsOf(PHASES);
            assertThat(names(move.path("packets")))
                    .contains("sent", "answered", "lost", "duplicated", "reordered")
                    .contains("buffered", "max_latency_ms");
            assertThat(names(move.path("tcp"))).contains("bytes", "bad_bytes", "retransmits");
            assertThat(names(move.path("disk")))
                    .contains("format", "size_bytes", "allocated_source_bytes")
                    .contains("allocated_target_bytes", "sent_bytes", "rounds", "identical");
            assertThat(names(move.path("guest")))
                    .contains("verified_blocks", "bad_blocks", "verified_pages", "bad_pages");
            assertThat(names(move.path("memory")))
                    .containsExactly(
                            "size_bytes", "sent_bytes", "mode", "mode_reason", "dirty_syncs");
            assertThat(move.at("/memory/dirty_syncs").asInt()).isGreaterThanOrEqualTo(4);
            assertThat(move.path("wire_bytes").asLong()).isPositive();
            assertThat(move.path("accelerator").asString()).isIn("tcg", "kvm");
        }
        assertThat(hosts).containsExactly("h2", "h3", "h1");
    }

    @Test
    void ctrlCUndoesTheMove() throws Exception {
        Process demo = demo();
        awaitSaid("pull", demo);
        Command.run("kill", "-INT", Long.toString(demo.pid()));
        assertThat(demo.waitFor()).as("%s", said()).isEqualTo(130);
        assertThat(said()).contains("Undoing the move").contains("ROLLED-BACK: demo runs on h1");
    }

    @Test
    void aCrashOnPurposeIsShown() throws Exception {
        assertThat(demo("--kill=last-memory:target-host").waitFor()).as("%s", said()).isEqualTo(1);
        assertThat(said()).contains("ROLLED-BACK: demo runs on h1").contains(" 0 lost");
    }

    @Test
    void theNextRunRemovesWhatAKilledOneLeftAndMovesAnImageOfTheUsers() throws Exception {
        Process killed = demo();
        awaitSaid("pull", killed);
        killed.destroyForcibly().waitFor();
        assertThat(namespaces()).as("what it left").isNotEmpty();
        Files.delete(output);
        Process next = demo("--image=" + anImage(), "--memory-size=192M");
        assertThat(next.waitFor()).as("%s", said()).isZero();
        assertThat(said()).contains("MOVED demo from h1 to h2").contains("identical");
    }

    @Test
    void anImageThatIsNoneIsRefused() throws Exception {
        assertThat(demo("--image=/no/such/file").waitFor()).isEqualTo(2);
        assertThat(said()).contains("/no/such/file");
        Files.delete(output);
        assertThat(demo("--image=/etc/passwd").waitFor()).isEqualTo(2);
        assertThat(said()).contains("/etc/passwd").doesNotContain("\tat ");
    }

    @Test
    void somebodyElsesNamespaceIsLeftAlone() throws Exception {
        Command.run("ip", "netns", "add", PREFIX + "-h1");
        try {
            assertThat(demo().waitFor()).as("%s", said()).isEqualTo(2);
            assertThat(said())
                    .contains("'demoit-h1' exists")
                    .contains("ip netns delete demoit-h1")
                    .doesNotContain("Preparing");
            assertThat(namespaces()).containsExactly(PREFIX + "-h1");
        } finally {
            Command.run("ip", "netns", "delete", PREFIX + "-h1");
        }
    }

    @Test
    void aStateDirectoryOnAReadOnlyFileSystemIsRefused() throws IOException {
        Path mount = Files.createDirectory(temp.resolve("mount"));
        Command.run("mount", "-t", "tmpfs", "-o", "ro", "none", mount.toString());
        try {
            assertThatThrownBy(() -> DemoNeeds.checkSpace(1, mount.resolve("state")))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("cannot be written to; name another --state-dir");
        } finally {
            Command.run("umount", mount.toString());
        }
    }

    private Path anImage() throws IOException {
        return Files.write(temp.resolve("disk.raw"), Drover.waitingDisk());
    }

    /** What it says goes to {@link #output}; with {@code --json} standard output is left. */
    private Process demo(String... options) throws IOException {
        List<String> command = Drover.command("demo", "--state-dir=" + STATE, "--prefix=" + PREFIX);
        command.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.appendTo(output.toFile()));
        if (!List.of(options).contains("--json")) {
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        }
        return builder.start();
    }

    private String said() throws IOException {
        return Files.exists(output) ? Files.readString(output) : "";
    }

    private void awaitSaid(String words, Process by) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (!said().contains(words)) {
            assertThat(by.isAlive() && System.nanoTime() < deadline).as("%s", said()).isTrue();
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static List<String> names(JsonNode node) {
        return List.copyOf(node.propertyNames());
    }

    private static List<String> namespaces() {
        return Command.run("ip", "netns", "list")
                .lines()
                .map(line -> line.replaceAll(" .*", ""))
                .filter(name -> name.startsWith(PREFIX + "-"))
                .toList();
    }

    private static void assertNothingLeft() throws IOException {
        assertThat(namespaces()).isEmpty();
        assertThat(processesAndGroups()).isSubsetOf(there);
        assertThat(list(STATE)).isSubsetOf("cache", "lab");
        assertThat(list(STATE.resolve("lab"))).isSubsetOf("logs", "lab.lock", "lock");
    }

    private static Set<String> processesAndGroups() throws IOException {
        Set<String> names = new HashSet<>();
        Drover.processes()
                .forEach((process, line) -> {
                    if (line.contains(STATE + "/") || line.contains("dev.drover.lab.client")) {
                        names.add(process.pid() + " " + line);
                    }
                });
        for (String root :
                List.of("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/freezer")) {
            list(Path.of(root)).filter(name -> name.matches("drover-.*-demo")).forEach(names::add);
        }
        return names;
    }

    private static Stream<String> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }
}
