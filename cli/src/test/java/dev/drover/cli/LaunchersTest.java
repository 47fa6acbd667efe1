package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts themselves in a tree of a few files, where all tools they look for are fakes. */
@Timeout(60)
class LaunchersTest {
    private static final Path REPOSITORY = Path.of("..");
    private static final List<String> SCRIPTS =
            List.of("drover", "dev", "scripts/setup.sh", "scripts/test-summary.sh");
    private static final String REAL_TOOLS =
            "awk bash cat dirname env find flock mkdir mktemp mv readlink rm sha256sum sort tail"
                    + " xargs";
    private static final String FAKE_TOOLS =
            "mvn apt-get apt-cache qemu-system-x86_64 qemu-img ip unshare gcc mkfs.ext4 xz zstd busybox"
                    + " nbdkit nbdinfo";

    private static final String JDK_MISSING =
            "Install the package temurin-25-jdk or openjdk-25-jdk, or set JAVA_HOME to a JDK 25.";
    private static final String SOURCE = "cli/src/main/java/Main.java";
    private static final String REPORT = "cli/target/surefire-reports/TEST-a.xml";
    private static final String PASSED = "  <testcase name=\"a\" classname=\"A\" time=\"0.5\"/>\n";
    private static final String FAILED =
            """
              <testcase name="b" classname="B" time="1.25">
                <failure message="Expected&#10; &lt;&quot;x&quot;&gt;" type="E">at B.b</failure>
              </testcase>
            """;

    @TempDir Path temp;
    private Path tree;
    private Path tools;
    private Path jvms;

    private record Run(int status, String output, String said) {}

    @BeforeEach
    void everythingIsThere() throws IOException {
        tree = temp.resolve("tree");
        tools = Files.createDirectory(temp.resolve("tools"));
        jvms = Files.createDirectory(temp.resolve("jvms"));
        for (String script : SCRIPTS) {
            Path copy = Files.createDirectories(tree.resolve(script).getParent());
            Files.copy(
                    REPOSITORY.resolve(script),
                    copy.resolve(Path.of(script).getFileName()),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        write("pom.xml", "");
        write(".mvn/jvm.config", "");
        write("cli/pom.xml", "");
        write(SOURCE, "class Main {}");
        for (String name : REAL_TOOLS.split(" ", -1)) {
            Files.createSymbolicLink(tools.resolve(name), found(name));
        }
        for (String name : FAKE_TOOLS.split(" ", -1)) {
            fake(name, "");
        }
        user("root");
        jdk(jvms.resolve("jdk"), "25.0.1");
    }

    private static Path found(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(directory -> Path.of(directory, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("This test needs " + tool));
    }

    private void write(String path, String content) throws IOException {
        Path file = tree.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** Notes that it was called, and does what {@code body} says. */
    private void fake(String tool, String body) throws IOException {
        script(tools.resolve(tool), "echo \"" + tool + " $*\" >>\"$CALLS\"\n" + body);
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/usr/bin/env bash\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private void user(String name) throws IOException {
        fake("id", "echo " + (name.equals("root") ? 0 : 1000));
    }

    private static void jdk(Path home, String version) throws IOException {
        script(home.resolve("bin/javac"), "");
        script(home.resolve("bin/java"), "echo \"${0%/bin/java}: ${*: -1}\"");
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    }

    private void remove(String tool) throws IOException {
        // Where the scripts look, too.
        assumeThat(Path.of("/usr/sbin", tool)).doesNotExist();
        Files.delete(tools.resolve(tool));
    }

    private Run run(String... command) throws Exception {
        return run(Map.of(), command);
    }

    private Run run(Map<String, String> environment, String... command) throws Exception {
        List<String> words = new ArrayList<>(Arrays.asList(command));
        words.set(0, tree.resolve(words.getFirst()).toString());
        Path said = temp.resolve("said");
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(tree.toFile()).redirectError(said.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("CALLS", temp.resolve("calls").toString());
        builder.environment().put("TMPDIR", temp.toString());
        builder.environment().put("DROVER_JVMS", jvms.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output, Files.readString(said));
    }

    /** What a tool was called with, call by call. */
    private List<String> calls(String tool) throws IOException {
        try (Stream<String> lines = Files.lines(temp.resolve("calls"))) {
            return lines.filter(line -> line.startsWith(tool + " ")).toList();
        }
    }

    @Test
    void whereNothingIsMissingNothingIsInstalled() throws Exception {
        Run run = run("drover", "show", "a vm");
        assertThat(run).isEqualTo(new Run(0, jvms.resolve("jdk") + ": a vm\n", run.said()));
        assertThat(run.said()).containsOnlyOnce("Building Drover");
        assertThat(calls("apt-get")).isEmpty();
    }

    @Test
    void theExitStatusIsThatOfTheCommand() throws Exception {
        script(jvms.resolve("jdk/bin/java"), "exit 130");
        assertThat(run("drover", "show", "vm").status()).isEqualTo(130);
    }

    @ParameterizedTest
    @CsvSource({"25, 21, home", "25.0.1, 25, home", "17.0.9, 25, jvms/jdk", "250.1, 25, jvms/jdk"})
    void aJdk25IsTakenFromJavaHomeOrElseFromWhereJdksLie(String home, String other, String expected)
            throws Exception {
        jdk(temp.resolve("home"), home);
        jdk(jvms.resolve("jdk"), other);
        Run run = run(Map.of("JAVA_HOME", temp.resolve("home").toString()), "drover", "show", "vm");
        assertThat(run.output()).isEqualTo(temp.resolve(expected) + ": vm\n");
    }

    @ParameterizedTest
    @CsvSource({"nobody, openjdk-25-jdk", "root, openjdk-26-jdk"})
    void withoutAJdk25ItsPackageIsNamed(String user, String offered) throws Exception {
        user(user);
        jdk(jvms.resolve("jdk"), "24.0.2");
        fake("apt-cache", "[[ $2 != " + offered + " ]] || echo '  Candidate: 25'");
        Run run = run("drover", "show", "vm");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.said()).contains(jvms.toString()).endsWith(JDK_MISSING + "\n");
        assertThat(calls("apt-get")).noneMatch(call -> call.contains("install"));
        assertThat(calls("mvn")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "[[ -e $TMPDIR/updated ]], 2"})
    void rootInstallsTheJdkThatIsOffered(String known, int calls) throws Exception {
        Files.move(jvms.resolve("jdk"), temp.resolve("package"));
        fake("apt-cache", "[[ $2 == openjdk-25-jdk ]] && " + known + " && echo 'Candidate: 25'");
        fake(
                "apt-get",
                """
                case "$*" in
                    update) : >"$TMPDIR/updated" ;;
                    *) mv "$TMPDIR/package" "$DROVER_JVMS/new" ;;
                esac
                """);
        Run run = run("drover", "show", "vm");
        assertThat(run.said()).startsWith("Installing the packages: openjdk-25-jdk\n");
        assertThat(run.output()).isEqualTo(jvms.resolve("new") + ": vm\n");
        assertThat(calls("apt-get")).hasSize(calls);
    }

    @ParameterizedTest
    @CsvSource({
        "nobody, apt-get, show, mvn, maven",
        "nobody, apt-get, demo, qemu-img, qemu-utils",
        "root, no apt-get, serve, gcc, gcc",
        "root, no apt-get, demo, zstd, zstd"
    })
    void whoCannotInstallIsToldWhatIsMissing(
            String user, String apt, String command, String tool, String packageName)
            throws Exception {
        user(user);
        remove(tool);
        if (!apt.equals("apt-get")) {
            remove("apt-get");
        }
        Run run = run("drover", command);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.said())
                .startsWith("Packages are missing: ")
                .contains(packageName)
                .endsWith(". Install them, or run this as root on Debian or Ubuntu.\n");
        assertThat(calls("apt-get")).isEmpty();
        assertThat(calls("mvn")).isEmpty();
    }

    @Test
    void rootInstallsAllThatIsMissingAtOnceAndSaysWhatBefore() throws Exception {
        remove("qemu-img");
        remove("gcc");
        // Proven by a file, which no fake can stand for.
        boolean libc = Files.exists(Path.of("/usr/include/stdio.h"));
        String packages = "qemu-utils gcc" + (libc ? "" : " libc6-dev");
        Run run = run("drover", "demo");
        assertThat(run.said()).startsWith("Installing the packages: " + packages + "\n");
        assertThat(run.output()).endsWith(": demo\n");
        assertThat(calls("apt-get"))
                .singleElement()
                .asString()
                .endsWith(" install -y --no-install-recommends " + packages);
    }

    @Test
    void aPackageThatCannotBeHadIsTriedAgainAfterAnUpdate() throws Exception {
        remove("nbdinfo");
        fake("apt-get", "[[ $* != *install* || -e $TMPDIR/updated ]] && : >\"$TMPDIR/updated\"");
        fake("mvn", writes(PASSED));
        Run run = run("dev", "test");
        assertThat(run.status()).as(run.said()).isZero();
        assertThat(calls("apt-get"))
                .satisfiesExactly(
                        first -> assertThat(first).contains("install").contains("libnbd-bin"),
                        second -> assertThat(second).isEqualTo("apt-get update"),
                        third -> assertThat(third).contains("install").contains("libnbd-bin"));
    }

    @Test
    void aFailedInstallationShowsTheEndOfItsLog() throws Exception {
        remove("mvn");
        fake("apt-get", "for i in {1..20}; do echo \"apt's line $i\"; done; exit 100");
        Run run = run("drover", "show", "vm");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.said())
                .contains(
                        "apt's line 6\n",
                        "apt's line 20\nThe packages could not be installed: maven.")
                .doesNotContain("apt's line 5\n");
        String log = run.said().strip().replaceFirst("(?s).*The whole log is in (.*)\\.", "$1");
        assertThat(Path.of(log)).content().contains("apt's line 5\n");
    }

    @Test
    void itIsBuiltWhenItsSourcesHaveChangedAndOnlyThen() throws Exception {
        assertThat(run("drover", "show", "vm").said()).contains("Building");
        assertThat(run("drover", "show", "vm").said()).isEmpty();
        assertThat(calls("mvn")).hasSize(1);
        write("cli/src/test/java/MainTest.java", "class MainTest {}");
        run("drover", "show", "vm");
        assertThat(calls("mvn")).as("a test is no part of it").hasSize(1);
        write(SOURCE, "class Main { int changed; }");
        run("drover", "show", "vm");
        assertThat(calls("mvn")).hasSize(2);
        write(".mvn/jvm.config", "-Xmx1g");
        run("drover", "show", "vm");
        assertThat(calls("mvn")).hasSize(3);
    }

    @Test
    void aFailedBuildShowsTheEndOfItsLogAndIsTriedAgain() throws Exception {
        run("drover", "show", "vm");
        String source = Files.readString(tree.resolve(SOURCE));
        write(SOURCE, "class Main { typo }");
        fake("mvn", "for i in {1..40}; do echo \"Maven's line $i\"; done; exit 1");
        Run run = run("drover", "show", "vm");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.output()).isEmpty();
        assertThat(run.said())
                .contains("Maven's line 11\n")
                .doesNotContain("Maven's line 10\n")
                .endsWith("The whole log is in " + tree + "/cli/target/fast/build.log.\n");
        write(SOURCE, source);
        fake("mvn", "");
        assertThat(run("drover", "show", "vm").said()).contains("Building");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "root   | build |          | 2 | Unknown command 'build'.",
                "nobody | test  |          | 2 | The integration tests need root",
                "nobody | crash | --cluster | 2 | so needs root",
                "root   | crash |          | 2 | takes --cluster",
            })
    void devRefusesWhatItCannotDo(
            String user, String command, String option, int status, String message)
            throws Exception {
        user(user);
        Run run = option == null ? run("dev", command) : run("dev", command, option);
        assertThat(run.status()).isEqualTo(status);
        assertThat(run.said()).contains(message);
        assertThat(Files.exists(tree.resolve("cli/target"))).isFalse();
    }

    private static String writes(String cases) {
        return "mkdir -p cli/target/surefire-reports\ncat >%s <<'END'\n%sEND\n"
                .formatted(REPORT, cases);
    }

    @ParameterizedTest
    @CsvSource({"passed, 0, 0", "passed, 3, 3", "failed, 0, 1", "failed, 3, 3", "none, 0, 1"})
    void aCheckHasToRunTestsThatPass(String tests, int maven, int expected) throws Exception {
        write(REPORT, PASSED); // Of an earlier run.
        String report =
                switch (tests) {
                    case "passed" -> writes(PASSED);
                    case "failed" -> writes(FAILED);
                    default -> "";
                };
        fake("mvn", report + "exit " + maven);
        user("nobody");
        assertThat(run("dev", "check").status()).isEqualTo(expected);
    }

    @Test
    void theSummaryCountsTestsByModuleAndNamesThoseThatFailed() throws Exception {
        write(REPORT, PASSED + FAILED);
        write(
                "net/target/failsafe-reports/TEST-c.xml",
                PASSED + "  <testcase name=\"c\" classname=\"C\" time=\"0\">\n    <skipped/>\n");
        assertThat(run("scripts/test-summary.sh"))
                .isEqualTo(
                        new Run(
                                1,
                                """
                                Tests                  unit  integration  failed  skipped  seconds
                                cli                       2            0       1        0      1.8
                                net                       0            2       0        1      0.5
                                total                     2            2       1        1      2.2
                                Failed:
                                  B.b: Expected <"x">
                                """,
                                ""));
    }

    @ParameterizedTest
    @CsvSource({"'', 1", "<testsuite/>, 1", "'  <testcase name=\"a\" classname=\"A\"/>', 0"})
    void theSummaryFailsWhenNoTestRan(String report, int status) throws Exception {
        if (!report.isEmpty()) {
            write(REPORT, report + "\n");
        }
        assertThat(run("scripts/test-summary.sh").status()).isEqualTo(status);
    }
}
