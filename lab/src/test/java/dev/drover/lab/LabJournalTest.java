package dev.drover.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabJournalTest {
    @TempDir Path directory;

    @Test
    void readsBackWhatWasMadeAndWhatWasAboutToBe() throws IOException {
        Path file = directory.resolve("journal");
        try (var journal = LabJournal.begin(file)) {
            journal.namespace("a-sw");
            journal.made("a-sw", 4026531840L);
            journal.namespace("a-h1");
            journal.directory(Path.of("/state/with space/h1"));
        }
        LabJournal.Contents contents = LabJournal.read(file);
        assertThat(contents.namespaces())
                .containsEntry("a-sw", OptionalLong.of(4026531840L))
                .containsEntry("a-h1", OptionalLong.empty());
        assertThat(contents.directories()).containsExactly(Path.of("/state/with space/h1"));
    }

    @Test
    void everyFactIsInTheFileBeforeTheNext() throws IOException {
        Path file = directory.resolve("journal");
        try (var journal = LabJournal.begin(file)) {
            journal.namespace("a-sw");
            assertThat(LabJournal.read(file).namespaces()).containsKey("a-sw");
        }
    }

    @Test
    void aLineThatWasCutOffDoesNotCount() {
        var contents = LabJournal.parse("boot x\nnamespace a-sw\nmade a-sw 40", "x");
        assertThat(contents.namespaces()).containsEntry("a-sw", OptionalLong.empty());
        assertThat(LabJournal.parse("", "x").namespaces()).isEmpty();
    }

    @Test
    void noNamespaceOutlivesABoot() {
        var contents = LabJournal.parse("boot x\nnamespace a-sw\ndirectory /d\n", "y");
        assertThat(contents.namespaces()).isEmpty();
        assertThat(contents.directories()).containsExactly(Path.of("/d"));
    }

    @Test
    void aStrangeLineIsNotPassedOver() {
        assertThatThrownBy(() -> LabJournal.parse("boot x\nbanana\n", "x"))
                .hasMessageContaining("banana");
    }
}
