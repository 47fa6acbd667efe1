package dev.drover.it.arch;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the house hold for all modules, and each of them can fail. */
final class ArchitectureTest {
    private static final Path ROOT = Path.of("..");
    private static final House HOUSE = new House("dev.drover");
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.drover");

    private static final House WRONG_HOUSE = new House("dev.drover.it.arch.wrong");
    private static final JavaClasses WRONG_CLASSES =
            new ClassFileImporter().importPackages("dev.drover.it.arch.wrong");

    @Test
    void everyModuleHasItsPlaceAndItsClassesAreSeen() throws IOException {
        List<String> modules = new ArrayList<>(modules());
        assertThat(modules.removeAll(List.of("spec", "integration-tests"))).isTrue();
        assertThat(House.ARROWS.keySet()).containsExactlyInAnyOrderElementsOf(modules);
        assertThat(modules)
                .allSatisfy(module ->
                        assertThat(CLASSES)
                                .as(module)
                                .anyMatch(c -> c.getPackageName().equals("dev.drover." + module)));
    }

    @Test
    void arrowsPointDown() throws IOException {
        List<String> order = modules();
        House.ARROWS.forEach((module, uses) ->
                assertThat(order.subList(0, order.indexOf(module)))
                        .as("what stands above " + module)
                        .containsAll(uses));
    }

    @Test
    void modulesUseOnlyWhatTheirArrowsPointTo() {
        assertThat(violations(HOUSE.arrows().values(), CLASSES)).isEmpty();
        Map<String, ArchRule> wrong = WRONG_HOUSE.arrows();
        assertThat(wrong)
                .allSatisfy((module, rule) ->
                        assertThat(violations(List.of(rule), WRONG_CLASSES).isEmpty())
                                .as(module)
                                .isEqualTo(!module.equals("qemu") && !module.equals("protocol")));
    }

    @Test
    void aLibraryIsKnownToOneModule() {
        assertThat(violations(HOUSE.libraries().values(), CLASSES)).isEmpty();
        assertThat(violations(WRONG_HOUSE.libraries().values(), WRONG_CLASSES))
                .isNotEmpty()
                .allMatch(v -> v.contains("VagueManager") && v.contains("picocli"));
    }

    @Test
    void theProtocolIsPure() {
        assertThat(violations(List.of(HOUSE.protocolIsPure()), CLASSES)).isEmpty();
        assertThat(violations(List.of(WRONG_HOUSE.protocolIsPure()), WRONG_CLASSES))
                .anyMatch(v -> v.contains("java.time.Instant"))
                .anyMatch(v -> v.contains("java.lang.System"))
                .anyMatch(v -> v.contains("java.lang.Thread"))
                .anyMatch(v -> v.contains("java.util.Random"))
                .anyMatch(v -> v.contains("java.lang.Math.random"));
    }

    @Test
    void theProtocolKeepsNoState() {
        assertThat(violations(List.of(HOUSE.protocolKeepsNoState()), CLASSES)).isEmpty();
        assertThat(violations(List.of(WRONG_HOUSE.protocolKeepsNoState()), WRONG_CLASSES))
                .singleElement()
                .asString()
                .contains("ImpureStep.count");
    }

    @Test
    void namesSayWhatAClassIs() {
        assertThat(violations(List.of(HOUSE.namesSayWhatAClassIs()), CLASSES)).isEmpty();
        assertThat(violations(List.of(WRONG_HOUSE.namesSayWhatAClassIs()), WRONG_CLASSES))
                .singleElement()
                .asString()
                .contains("VagueManager");
    }

    @Test
    void filesAndMethodsAreShort() throws IOException {
        List<SourceFile> sources = sources("main", "test");
        assertThat(sources).hasSizeGreaterThan(50);
        assertThat(SourceFile.read(sources).tooLong()).isEmpty();
    }

    @Test
    void testsDoNotSleep() throws IOException {
        assertThat(SourceFile.read(sources("test")).sleeps()).isEmpty();
    }

    @Test
    void longFilesAreFound() throws IOException {
        assertThat(written("class A {}\n" + "\n".repeat(499)).tooLong()).isEmpty();
        assertThat(written("class A {}\n" + "\n".repeat(500)).tooLong())
                .containsExactly("A.java has 501 lines");
    }

    @Test
    void longMethodsAreFound() throws IOException {
        assertThat(twoMethodsOver(70).tooLong()).isEmpty();
        assertThat(twoMethodsOver(71).tooLong())
                .containsExactly("A.java: outer has 71 lines", "A.java: inner has 71 lines");
    }

    private static SourceFile.Findings twoMethodsOver(int lines) throws IOException {
        return written(
                """
                record A(int a) {
                    /** Not a part of it. */
                    void outer() { new Object() { @Deprecated
                        void inner() {\
                """
                        + "\n".repeat(lines - 2)
                        + "}}; } }\n");
    }

    @Test
    void sleepsAreFound() throws IOException {
        assertThat(
                        written(
                                        """
                                        import static java.lang.Thread.sleep;
                                        class A {
                                            // Thread.sleep(1)
                                            String s = "Thread.sleep(1)";
                                            void b() throws Exception {
                                                Thread.sleep(1);
                                                java.util.concurrent.TimeUnit.SECONDS.sleep(1);
                                                vm.sleep();
                                            }
                                        }
                                        """)
                                .sleeps())
                .containsExactly("A.java:1", "A.java:6", "A.java:7");
    }

    private static SourceFile.Findings written(String text) throws IOException {
        return SourceFile.read(List.of(new SourceFile("A.java", text)));
    }

    private static List<String> violations(Collection<ArchRule> rules, JavaClasses classes) {
        return rules.stream()
                .map(rule -> rule.allowEmptyShould(true).evaluate(classes))
                .flatMap(result -> result.getFailureReport().getDetails().stream())
                .toList();
    }

    private static List<SourceFile> sources(String... sets) throws IOException {
        List<SourceFile> sources = new ArrayList<>();
        for (String module : modules()) {
            for (String set : sets) {
                sources.addAll(SourceFile.of(ROOT, module, set));
            }
        }
        return sources;
    }

    /** The modules of the build, in the order of the house. */
    private static List<String> modules() throws IOException {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        try (Stream<MatchResult> found =
                Pattern.compile("<module>([^<]+)</module>").matcher(pom).results()) {
            return found.map(m -> m.group(1)).toList();
        }
    }
}
