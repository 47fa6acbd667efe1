package dev.drover.api.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever becomes of a text, it is answered, and the answer points into the text. */
class SpecFuzzTest {
    private static final int ROUNDS = 1500;
    private static final List<String> PIECES =
            List.of(
                    "\n",
                    " ",
                    "\t",
                    ":",
                    ": ",
                    "- ",
                    "[",
                    "]",
                    "{",
                    "}",
                    ",",
                    "\"",
                    "'",
                    "|",
                    ">",
                    "#",
                    "&a ",
                    "*a",
                    "!",
                    "!!binary ",
                    "%",
                    "@",
                    "?",
                    "---\n",
                    "...\n",
                    "\0",
                    "\ud800",
                    "\ud83d\ude00",
                    "\ufeff",
                    "\u0085",
                    "\u2028",
                    "\r",
                    "\\",
                    "null",
                    "true",
                    "-1",
                    "99999999999999999999",
                    "1e999",
                    "\"\\U00110000\"",
                    "name: ",
                    "disks:\n",
                    "<<: ",
                    "~");

    @Test
    void everyTextIsAnsweredWithinItsBounds() {
        String example = Specs.example();
        int valid = 0;
        for (long seed = 0; seed < ROUNDS; seed++) {
            String text = mutated(example, new SplittableRandom(seed));
            valid += answered(text, seed) ? 1 : 0;
        }
        assertThat(valid).as("valid texts").isBetween(ROUNDS / 100, ROUNDS / 2);
    }

    private static boolean answered(String text, long seed) {
        try {
            Parsed parsed = SpecReader.read(text);
            assertWithin(text, parsed, seed);
            SpecReader.readAll(text).forEach(p -> assertWithin(text, p, seed));
            return parsed instanceof Parsed.Valid;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("Seed " + seed + ": " + text, e);
        }
    }

    private static void assertWithin(String text, Parsed parsed, long seed) {
        List<String> lines = text.replace("\r\n", "\n").replace('\r', '\n').lines().toList();
        for (Finding finding : Specs.findings(parsed)) {
            // The end of the text is a place too, and behind its last line feed a line begins.
            boolean within =
                    finding.line() <= lines.size()
                            ? finding.column() <= length(lines.get(finding.line() - 1)) + 1
                            : finding.line() <= lines.size() + 1 && finding.column() == 1;
            assertThat(within).as("Seed %d: %s in%n%s", seed, finding, text).isTrue();
            assertThat(finding.problem()).isNotBlank();
            assertThat(finding.remedy()).isNotBlank();
        }
        if (parsed instanceof Parsed.Valid(VmDeclaration vm, _)) {
            assertThat(Specs.valid(SpecWriter.yaml(vm))).as("Seed %d", seed).isEqualTo(vm);
        }
    }

    private static int length(String line) {
        return line.codePointCount(0, line.length());
    }

    private static String mutated(String text, SplittableRandom random) {
        StringBuilder mutated = new StringBuilder(text);
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            int at = random.nextInt(mutated.length());
            int end = Math.min(mutated.length(), at + random.nextInt(1, 30));
            switch (random.nextInt(5)) {
                case 0 -> mutated.delete(at, end);
                case 1 -> mutated.insert(at, mutated.substring(at, end));
                case 2 -> mutated.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 3 -> mutated.setCharAt(at, (char) random.nextInt(0x20, 0x7f));
                default -> mutated.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return mutated.toString();
    }
}
