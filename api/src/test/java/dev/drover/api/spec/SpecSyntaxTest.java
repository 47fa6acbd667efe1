package dev.drover.api.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no YAML, or more than is read, is one fault, found in little time. */
class SpecSyntaxTest {
    private static final int LIMIT = Documents.MOST_CHARACTERS;

    @Test
    void aSyntaxErrorIsToldWhereItIs() {
        assertThat(Specs.told("name: a\ncores: 1\n\tmemory: 1GiB\n"))
                .containsExactly(
                        "line 3, column 1: This is no YAML: found character '\\t(TAB)' that cannot"
                                + " start any token. (Do not use \\t(TAB) for indentation)."
                                + " Indent with spaces.");
        assertThat(Specs.told("name: a: b\n"))
                .containsExactly(
                        "line 1, column 8: This is no YAML: mapping values are not allowed here."
                                + " Put a text that has a colon in quotes, or check the"
                                + " indentation.");
        assertThat(Specs.told("name: \"a\ncores: 1\n"))
                .containsExactly(
                        "line 3, column 1: This is no YAML: found unexpected end of stream."
                                + " Close the quotes.");
        assertThat(Specs.told("tags: {a: b\ncores: 1\n").getFirst())
                .startsWith("line 2, column 6: This is no YAML: expected ',' or '}'")
                .endsWith("Close the mapping with }.");
        assertThat(Specs.told("? [a, b]\n: c\n").getFirst())
                .startsWith("line 1, column 4: This is no YAML: Expected a property name")
                .endsWith("Write a plain word before the colon.");
    }

    @Test
    void aTextThatIsNoMappingIsTold() {
        String told = "Expected the fields of a VM, not ";
        assertThat(Specs.told("- a\n").getFirst())
                .startsWith("line 1, column 1: " + told + "a list");
        assertThat(Specs.told("\n web-1").getFirst())
                .startsWith("line 2, column 2: " + told + "the text 'web-1'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nothing\n", "---\n", "null", "---\n---\n"})
    void aTextWithoutVmIsTold(String text) {
        List<String> told =
                List.of(
                        "line 1, column 1: The text declares no VM."
                                + " Write at least name, cores and memory.");
        assertThat(Specs.told(text)).isEqualTo(told);
        assertThat(SpecReader.readAll(text))
                .singleElement()
                .extracting(Specs::told)
                .isEqualTo(told);
    }

    @Test
    void aCharacterThatIsNoTextIsToldWhereItIs() {
        for (String bad :
                List.of("\0", "\u0007", "\ud800", "\udc00", "\ufffe", "\ufeff", "\u0085")) {
            assertThat(Specs.told("name: a\r\ntags: {\ud83d\ude00: " + bad))
                    .containsExactly(
                            "line 2, column 11: The character U+%04X is not allowed. Leave it out, or"
                                            .formatted((int) bad.charAt(0))
                                    + " check that the file is text in UTF-8.");
        }
    }

    @Test
    void aHugeTextIsRefusedUnread() {
        for (String huge : List.of("a".repeat(10_000_000), "[".repeat(LIMIT + 1))) {
            assertThat(Specs.told(huge))
                    .containsExactly(
                            "line 1, column 1: The text has "
                                    + huge.length()
                                    + " characters. Write at most 262144.");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[",
                "{a: ",
                "- ",
                "? ",
                "[[],",
                "!",
                "&a ",
                "- &a x\n- *a\n",
                "\"\\n",
                "a: 1\n",
                "{}\n---\n",
                "- {x: }\n",
                "x ",
                "|\n",
                "#\n",
                "%A\n",
                "'",
                ",",
                "a:\n",
                "\n ",
                "{a,"
            })
    void aHostileTextIsAFaultInLittleTime(String part) {
        for (String before : List.of("", "disks: [")) {
            String text = before + part.repeat((LIMIT - before.length()) / part.length());
            Parsed parsed =
                    assertTimeoutPreemptively(
                            Duration.ofSeconds(10), () -> SpecReader.read(text), part);
            assertThat(parsed).isInstanceOf(Parsed.Faulty.class);
            assertThat(Specs.findings(parsed)).hasSizeLessThanOrEqualTo(Findings.MOST_SHOWN + 1);
            assertThat(Specs.told(parsed)).allSatisfy(t -> assertThat(t).hasSizeLessThan(1000));
        }
    }

    @Test
    void aLaughOfABillionIsNotLaughed() {
        StringBuilder laughs = new StringBuilder("name: &a [lol, lol]\n");
        for (char c = 'b'; c < 'z'; c++) {
            String above = "*" + (char) (c - 1);
            laughs.append("tags: &%c [%s, %s]\n".formatted(c, above, above));
        }
        assertThat(SpecReader.read(laughs.toString())).isInstanceOf(Parsed.Faulty.class);
    }

    @Test
    void whatIsNestedTooDeeplyIsTold() {
        int depth = Documents.MOST_DEPTH;
        assertThat(Specs.told(Specs.MINIMAL + "iso: " + "[".repeat(depth) + "]".repeat(depth)))
                .first()
                .asString()
                .startsWith("line 4, column 6: iso: Expected name of an image, not a list.");
        assertThat(
                        Specs.told(
                                "name: a\nplacement: {hostLabels: "
                                        + "{a: ".repeat(600)
                                        + "}".repeat(600)
                                        + "}"))
                .singleElement()
                .asString()
                .isEqualTo(
                        "line 2, column 2017: Document nesting depth (501) exceeds the maximum"
                                + " allowed (500). Write fewer levels.");
    }

    @Test
    void tooManyValuesAreTold() {
        assertThat(Specs.told("a:" + "\n- 1".repeat(Documents.MOST_TOKENS)))
                .singleElement()
                .asString()
                .isEqualTo(
                        "line 9999, column 3: Token count (10001) exceeds the maximum allowed"
                                + " (10000). Write fewer values.");
    }

    @Test
    void afterAHundredFindingsTheRestIsCounted() {
        StringBuilder text = new StringBuilder(Specs.MINIMAL);
        for (int i = 0; i < 150; i++) {
            text.append("unknown").append(i).append(": 1\n");
        }
        assertThat(Specs.told(text.toString()))
                .hasSize(101)
                .last()
                .isEqualTo(
                        "line 102, column 1: There are 51 more findings, which are not shown."
                                + " Mend these first.");
    }

    @Test
    void aSecondDocumentIsToldWhenOneIsRead() {
        assertThat(Specs.told(Specs.MINIMAL + "iso: a\n---\n" + Specs.MINIMAL))
                .containsExactly(
                        "line 6, column 1: A second document begins here."
                                + " Write each VM into a file of its own.");
    }

    @Test
    void severalDocumentsAreReadAsAList() {
        String text =
                """
                name: a
                cores: 1
                memory: 1GiB
                iso: x
                ---
                ---
                name: b
                memory: 1GiB
                iso: x
                ---
                {"name": "a", "cores": 1, "memory": "1GiB", "iso": "x"}
                ---
                name: "
                """;
        assertThat(SpecReader.readAll(text))
                .map(Specs::told)
                .containsExactly(
                        List.of(),
                        List.of(
                                "line 7, column 1: cores: The field 'cores' is missing."
                                        + " Write cores: 2."),
                        List.of(
                                "line 11, column 10: name: This name of a VM is given twice, first"
                                        + " as name in line 1."
                                        + " Write another one, or leave one of the two out."),
                        List.of(
                                "line 14, column 1: This is no YAML: found unexpected end of stream."
                                        + " Close the quotes."));
    }

    @Test
    void jsonIsRead() {
        String json =
                "{\r\n\t\"name\": \"web-1\", \"cores\": 2,\r\n\t\"memory\":2147483648,"
                        + "\r\n\t\"tags\": {\"a\": \"\\u0062\"}}";
        VmDeclaration vm = Specs.valid(json);
        assertThat(vm.memory()).isEqualTo(new Size(1L << 31));
        assertThat(vm.tags()).containsEntry("a", "b");
    }

    @Test
    void aByteOrderMarkIsPassedOver() {
        assertThat(Specs.valid("\ufeff" + Specs.MINIMAL).name()).isEqualTo("web-1");
        assertThat(Specs.told("\ufeffcores: 0").getLast()).startsWith("line 1, column 8: cores");
    }
}
