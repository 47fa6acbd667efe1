package dev.drover.it.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules of the house as ARCHITECTURE.md draws it.
 *
 * @param root the package that has one package per module, "dev.drover" but for the wrong classes
 *     that show that a rule can fail
 */
record House(String root) {
    /** What each module may use; nothing else, and never a module below it. */
    static final Map<String, Set<String>> ARROWS =
            Map.ofEntries(
                    Map.entry("protocol", Set.of()),
                    Map.entry("ports", Set.of()),
                    Map.entry("engine", Set.of("protocol")),
                    Map.entry("qemu", Set.of("ports")),
                    Map.entry("block", Set.of("ports")),
                    Map.entry("net", Set.of("ports")),
                    Map.entry("api", Set.of("protocol", "ports", "engine")),
                    Map.entry("store", Set.of("protocol", "engine", "api")),
                    Map.entry("testkit", Set.of("ports")),
                    Map.entry("lab", Set.of("ports")),
                    Map.entry(
                            "agent",
                            Set.of("protocol", "ports", "engine", "api", "qemu", "block", "net")),
                    Map.entry("monitor", Set.of("protocol", "ports", "engine", "api", "store")),
                    Map.entry(
                            "cli",
                            Set.of(
                                    "protocol",
                                    "ports",
                                    "engine",
                                    "api",
                                    "agent",
                                    "monitor",
                                    "block",
                                    "lab")));

    /** Libraries that one module keeps to itself, by package. */
    private static final Map<String, String> LIBRARIES =
            Map.of(
                    "org.apache.zookeeper", "store",
                    "org.apache.curator", "store",
                    "org.bouncycastle", "api",
                    "com.github.luben", "block",
                    "io.helidon", "monitor",
                    "io.prometheus", "monitor",
                    "picocli", "cli");

    /** One rule per module: it uses no module but those its arrows point to. */
    Map<String, ArchRule> arrows() {
        Map<String, ArchRule> rules = new TreeMap<>();
        ARROWS.forEach((module, uses) -> {
            String[] others =
                    ARROWS.keySet().stream()
                            .filter(m -> !m.equals(module) && !uses.contains(m))
                            .map(this::of)
                            .toArray(String[]::new);
            rules.put(
                    module,
                    noClasses()
                            .that()
                            .resideInAPackage(of(module))
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(others));
        });
        return rules;
    }

    /** One rule per library: only its module knows it. */
    Map<String, ArchRule> libraries() {
        Map<String, ArchRule> rules = new TreeMap<>();
        LIBRARIES.forEach((library, module) ->
                rules.put(
                        library,
                        noClasses()
                                .that()
                                .resideOutsideOfPackage(of(module))
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage(library + "..")));
        return rules;
    }

    /**
     * No I/O, clock, thread, random number or logger: a few packages, less what is impure there.
     */
    ArchRule protocolIsPure() {
        DescribedPredicate<JavaClass> pure =
                resideInAnyPackage(
                                of("protocol"),
                                "java.lang",
                                "java.lang.annotation",
                                "java.lang.invoke",
                                "java.lang.runtime",
                                "java.util",
                                "java.util.function",
                                "java.util.stream",
                                "org.jspecify.annotations")
                        .and(not(IMPURE));
        return noClasses()
                .that()
                .resideInAPackage(of("protocol"))
                .should()
                .dependOnClassesThat(not(pure).and(not(ARRAY_OF_PRIMITIVES)))
                .orShould()
                .callMethod(Math.class, "random");
    }

    private static final Set<String> IMPURE_NAMES =
            Set.of(
                    "Calendar",
                    "Date",
                    "Process",
                    "ProcessBuilder",
                    "ProcessHandle",
                    "Random",
                    "Runtime",
                    "Scanner",
                    "ScopedValue",
                    "SplittableRandom",
                    "System",
                    "Thread",
                    "ThreadLocal",
                    "Timer",
                    "TimerTask",
                    "UUID");

    private static final DescribedPredicate<JavaClass> IMPURE =
            resideInAnyPackage("java.lang", "java.util")
                    .and(describe("is impure", c -> IMPURE_NAMES.contains(c.getSimpleName())));

    private static final DescribedPredicate<JavaClass> ARRAY_OF_PRIMITIVES =
            describe("is made of primitives", c -> c.getBaseComponentType().isPrimitive());

    /** What a step depends on is in its arguments. */
    ArchRule protocolKeepsNoState() {
        return fields().that()
                .areDeclaredInClassesThat(resideInAPackage(of("protocol")))
                .should()
                .beFinal();
    }

    /** A name says what a class is. */
    ArchRule namesSayWhatAClassIs() {
        return noClasses().should().haveNameMatching(".*(Manager|Helper|Utils?|Impl)");
    }

    private String of(String module) {
        return root + "." + module + "..";
    }
}
