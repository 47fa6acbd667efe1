package dev.drover.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.link.Json;
import dev.drover.cli.user.Context;
import dev.drover.cli.user.Contexts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The command line and a cluster that {@code drover demo --keep} left, with real guests. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KeptClusterIT {
    private static final Path STATE = Path.of("/var/lib/drover/kept-it");
    private static final String STATE_DIR = "--state-dir=" + STATE;
    private static final String WEB =
            """
            name: web
            cores: 1
            memory: 64MiB
            disks: [{name: root, image: waiting, size: 16MiB}]
            nics: [{network: vmbr0}]
            """;

    @TempDir private static Path temp;

    @BeforeAll
    static void keep() throws Exception {
        String said = run(0, "demo", "--keep", "--hosts=3", STATE_DIR, "--prefix=keptit");
        assertThat(said).contains("MOVED demo from h1 to h2", "The cluster runs on");
        Path disk = Files.write(temp.resolve("waiting.raw"), Drover.waitingDisk());
        assertThat(ask("image", "add", disk.toString()))
                .contains("100 %  ETA 0 s", "waiting: added, on h1, h2, h3");
    }

    @AfterAll
    static void end() throws Exception {
        assertThat(run(0, "create", spec("left"), "--host=h2")).contains("runs on h2");
        assertThat(run(0, "demo", "--end", STATE_DIR)).contains("Removed:");
        assertThat(groupsOf("left")).as("its agent was killed").isEmpty();
        assertThat(run(0, "demo", "--end", STATE_DIR)).contains("There was nothing");
    }

    private static List<Path> groupsOf(String vm) throws IOException {
        try (Stream<Path> tree = Files.walk(Path.of("/sys/fs/cgroup"), 2)) {
            return tree.filter(p -> p.getFileName().toString().endsWith("-" + vm)).toList();
        }
    }

    private static Path contexts() {
        return STATE.resolve("lab/mon/contexts.json");
    }

    /** Asks the kept cluster by a command that must do well; what it prints. */
    private static String ask(String... words) throws Exception {
        return run(0, words);
    }

    private static String refused(String... words) throws Exception {
        return run(1, words);
    }

    private static String run(int status, String... words) throws Exception {
        return run(contexts(), status, words);
    }

    private static String run(Path contexts, int status, String... words) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(Drover.command(words)).redirectErrorStream(true);
        builder.environment().put("DROVER_CONFIG", contexts.toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", List.of(words), said).isEqualTo(status);
        return said;
    }

    private static JsonNode json(String text) {
        return Json.read(text, JsonNode.class);
    }

    private static String spec(String name) throws Exception {
        Path file = temp.resolve(name + ".yaml");
        return Files.writeString(file, WEB.replace("name: web", "name: " + name)).toString();
    }

    private static String hostOf(String vm) throws Exception {
        return json(ask("show", vm, "-o", "json")).get("host").stringValue();
    }

    /** As if the host had lost its power; how many processes that were. */
    private static long killAllOf(Path host) {
        return Drover.processes().entrySet().stream()
                .filter(p -> p.getValue().contains(host + "/"))
                .filter(p -> p.getKey().destroyForcibly())
                .count();
    }

    @Test
    void aVmIsMovedPutToSleepWokenAndDestroyed() throws Exception {
        assertThat(ask("list")).contains("NAME").containsPattern("demo +h2 +running");
        assertThat(json(ask("host", "list", "-o", "json")).findValuesAsString("name"))
                .containsExactly("h1", "h2", "h3");
        assertThat(ask("move", "demo", "--to", "h1")).contains("MOVED demo from h2 to h1");
        assertThat(ask("sleep", "demo")).contains("demo: sleeps");
        assertThat(ask("show", "demo", "-o", "yaml")).contains("wanted: \"ASLEEP\"");
        assertThat(ask("move", "demo", "--to", "h2")).contains("MOVED demo from h1 to h2");
        assertThat(refused("move", "demo", "--to", "h2")).contains("because", "so  ");
        assertThat(ask("wake", "demo")).contains("demo: runs on from its memory");
        String move = ask("move", "demo", "--to", "h1", "--detach").strip();
        assertThat(ask("cancel", "demo")).contains("ROLLED-BACK: demo is on h2");
        assertThat(json(ask("moves", "-o", "json")).findValuesAsString("id")).contains(move);
        assertThat(refused("cancel", "demo")).contains("There is no move 'demo' under way");
        assertThat(refused("show", "nobody")).contains("'nobody'");
        assertThat(ask("destroy", "demo", "--yes")).contains("demo: destroyed");
        assertThat(ask("list")).doesNotContain("demo");
        JsonNode kept = json(ask("volume", "list", "-o", "json")).get(0);
        String id = kept.get("id").stringValue();
        Path volume = Path.of(kept.get("path").stringValue());
        assertThat(id).startsWith("demo-");
        assertThat(kept.get("host").stringValue()).isEqualTo("h2");
        assertThat(volume).hasSize(kept.get("diskBytes").longValue());
        assertThat(kept.get("allocatedBytes").longValue()).isGreaterThan(1 << 20);
        assertThat(ask("volume", "list")).containsPattern(id + " +demo +h2 +raw");
        assertThat(ask("volume", "remove", id, "--yes")).contains(id + ": removed");
        assertThat(volume.getParent()).doesNotExist();
        assertThat(refused("volume", "remove", id, "--yes")).contains("No host that answers");
    }

    @Test
    void aVmIsMadeOutOfASpecificationAndLeavesAHostThatIsEvacuated() throws Exception {
        String file = spec("web");
        assertThat(ask("create", file, "--host=h1", "--dry-run")).contains("would be made on h1");
        assertThat(ask("create", file, "--host=h1")).contains("web: made, and runs on h1");
        assertThat(ask("create", file)).contains("web: was there already, on h1");
        String faulty = Files.writeString(temp.resolve("faulty"), "name: x\ncores: 0\n").toString();
        assertThat(run(2, "create", faulty)).contains("faulty: line 2, column 8: cores: ");
        assertThat(refused("create", spec("other"), "--host=h9")).contains("no host 'h9'");
        String none = WEB.replace("waiting", "none").replace("name: web", "name: other");
        String unknown = Files.writeString(temp.resolve("unknown"), none).toString();
        assertThat(run(2, "create", unknown, "--host=h1"))
                .contains(
                        "line 4, column 29: disks[0].image: The cluster has no base image 'none'");

        assertThat(ask("host", "evacuate", "h1")).containsPattern("web +moved +h[23]");
        assertThat(ask("host", "list")).containsPattern("h1 +connected,cordoned");
        assertThat(hostOf("web")).isIn("h2", "h3");
        assertThat(refused("move", "web", "--to", "h1")).contains("cordoned");
        assertThat(ask("host", "uncordon", "h1")).contains("h1: uncordoned");
        assertThat(ask("move", "web", "--to", "h1")).contains("MOVED web");
        assertThat(ask("destroy", "web", "--yes", "--now")).contains("web: destroyed");
        assertThat(ask("volume", "list")).doesNotContain("web");
    }

    @Test
    void aBaseImageIsKeptOnceAHostAndComesToTheHostThatNeedsIt() throws Exception {
        byte[] other = Drover.waitingDisk();
        other[4] = 1;
        String file = Files.write(temp.resolve("other.img"), other).toString();
        assertThat(ask("image", "add", file, "--name=base")).contains("base: added, on h1, h2");
        assertThat(ask("image", "add", file, "--name=base")).contains("was there already");
        assertThat(refused("image", "add", file, "--name=waiting")).contains("of other content");
        assertThat(ask("image", "list")).containsPattern("base +raw +8.0 MiB +8.0 MiB +h1,h2");
        String sha256 =
                json(ask("image", "show", "base", "-o", "json")).get("sha256").stringValue();
        String script = Files.writeString(temp.resolve("script"), "#!/bin/sh").toString();
        assertThat(refused("image", "add", script)).contains("h1: ", "it is no disk image");

        assertThat(run(2, "image", "add", "/none")).contains("no file /none");

        Files.delete(images("h1").resolve(sha256));
        String vm = WEB.replace("waiting", "base").replace("name: web", "name: copy");
        String spec = Files.writeString(temp.resolve("copy.yaml"), vm).toString();
        assertThat(ask("create", spec, "--host=h1")).contains("copy: made, and runs on h1");
        assertThat(images("h1").resolve(sha256)).hasBinaryContent(other);
        assertThat(ask("image", "remove", "base")).contains("base: removed");
        for (String host : List.of("h1", "h2")) {
            assertThat(images(host).resolve(sha256)).doesNotExist();
            assertThat(images(host)).isDirectoryNotContaining("glob:**.part");
        }
        assertThat(ask("image", "list")).doesNotContain("base");
        assertThat(ask("create", spec)).contains("copy: was there already, on h1");
        assertThat(ask("destroy", "copy", "--yes")).contains("copy: destroyed");
    }

    private static Path images(String host) {
        return STATE.resolve("lab").resolve(host).resolve("state/images");
    }

    @Test
    void whoHasATokenDoesWhatItsRoleAllowsUntilItIsRemoved() throws Exception {
        Path file = temp.resolve("ann.token");
        String[] create = {"token", "create", "ann", "--role=viewer", "--out=" + file};
        assertThat(ask(create)).contains("ann: may act as VIEWER");
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThat(run(2, create)).contains("There is a file");
        create[4] = "--out=" + temp.resolve("other");
        assertThat(refused(create)).contains("There is a token of 'ann' already");
        assertThat(temp.resolve("other")).doesNotExist();
        assertThat(ask("token", "list")).containsPattern("ann +viewer");

        Context admin = requireNonNull(Contexts.read(contexts()).contexts().get("demo"));
        Path mine = temp.resolve("contexts.json");
        Contexts.NONE
                .with("ann", new Context(admin.monitors(), file, admin.namespace()))
                .write(mine);
        assertThat(run(mine, 0, "host", "list")).contains("h1");
        assertThat(run(mine, 1, "host", "cordon", "h1")).contains("OPERATOR");
        assertThat(run(mine, 1, "token", "list")).contains("ADMIN");
        assertThat(ask("token", "remove", "ann")).contains("ann: removed");
        assertThat(run(mine, 1, "host", "list")).contains("neither a valid bearer token");
        assertThat(refused("token", "remove", "ann")).contains("no token of 'ann'");
    }

    @Test
    void aHostThatDiedIsDeclaredLostWithItsVmsAndStaysSo() throws Exception {
        assertThat(ask("create", spec("doomed"), "--host=h3")).contains("runs on h3");
        assertThat(refused("host", "declare-lost", "h3", "--yes")).contains("h3 is connected");
        assertThat(killAllOf(STATE.resolve("lab/h3"))).as("agent and QEMU").isEqualTo(2);
        while (json(ask("host", "show", "h3", "-o", "json")).get("connected").booleanValue()) {
            Thread.onSpinWait(); // each look takes a while
        }
        assertThat(ask("host", "declare-lost", "h3", "--yes"))
                .contains("h3 is fenced; these VMs are lost with it:", "doomed");
        assertThat(ask("list")).containsPattern("doomed +h3 +LOST");
        assertThat(refused("wake", "doomed")).contains("Host h3 was declared lost");
        assertThat(ask("destroy", "doomed", "--yes")).contains("doomed: destroyed");
        assertThat(ask("host", "list")).containsPattern("h3 +lost");
    }
}
