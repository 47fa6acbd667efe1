package dev.drover.api.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads specifications, in YAML 1.2 or JSON. Takes any text: what is wrong with it is an answer and
 * never an exception, whatever its size or depth.
 */
public final class SpecReader {
    private SpecReader() {}

    /** Reads a text of one VM. */
    public static Parsed read(String text) {
        return read(text, KnownImages.ANY);
    }

    /**
     * As the other, of a VM that is to be made where there are these base images: another one is a
     * fault, and so is a disk that is smaller than its image.
     *
     * @param images bytes of each by its name, as a guest sees it
     */
    public static Parsed read(String text, Map<String, Long> images) {
        return read(text, new KnownImages(Optional.of(images)));
    }

    private static Parsed read(String text, KnownImages images) {
        Documents documents = Documents.of(text);
        Findings findings = new Findings();
        documents.trees().stream()
                .skip(1)
                .findFirst()
                .ifPresent(second ->
                        findings.fault(
                                second.at(),
                                "",
                                "A second document begins here",
                                "Write each VM into a file of its own"));
        documents.fault().ifPresent(f -> tell(f, findings));
        if (documents.trees().isEmpty()) {
            if (documents.fault().isEmpty()) {
                tellEmpty(findings);
            }
            return new Parsed.Faulty(findings.all());
        }
        return parsed(documents.trees().getFirst(), findings, new Distinct("name of a VM"), images);
    }

    /**
     * Reads a text of several VMs, documents that {@code ---} separates. Empty documents are passed
     * over. A syntax error ends the reading, as one more, faulty, answer; so does a text without
     * any VM. Two VMs of one name are a fault of the second.
     */
    public static List<Parsed> readAll(String text) {
        Documents documents = Documents.of(text);
        Distinct names = new Distinct("name of a VM");
        List<Parsed> all = new ArrayList<>();
        for (Located tree : documents.trees()) {
            all.add(parsed(tree, new Findings(), names, KnownImages.ANY));
        }
        Findings rest = new Findings();
        documents.fault().ifPresent(f -> tell(f, rest));
        if (all.isEmpty() && rest.faults() == 0) {
            tellEmpty(rest);
        }
        if (rest.faults() > 0) {
            all.add(new Parsed.Faulty(rest.all()));
        }
        return List.copyOf(all);
    }

    private static Parsed parsed(
            Located tree, Findings findings, Distinct names, KnownImages images) {
        VmDeclaration declaration = Declare.vm(names, images).read(new Value(findings, "", tree));
        return declaration == null || findings.faults() > 0
                ? new Parsed.Faulty(findings.all())
                : new Parsed.Valid(declaration, findings.all());
    }

    private static void tell(Finding fault, Findings findings) {
        findings.fault(
                new Position(fault.line(), fault.column()),
                fault.path(),
                fault.problem(),
                fault.remedy());
    }

    private static void tellEmpty(Findings findings) {
        findings.fault(
                Position.START,
                "",
                "The text declares no VM",
                "Write at least name, cores and memory");
    }
}
