package dev.drover.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {
    @TempDir Path state;

    @Test
    void directoriesOfTheJournalGoAndOthersStay() throws IOException {
        Path mine = Files.createDirectories(state.resolve("h1/vm"));
        Files.writeString(mine.resolve("disk.raw"), "x");
        Path other = Files.createDirectories(state.resolve("cache"));
        try (var journal = LabJournal.begin(Leftovers.journal(state))) {
            journal.directory(state.resolve("h1"));
            journal.directory(state.resolve("never-made"));
        }
        assertThat(Lab.removeLeftovers(state)).containsExactly(state.resolve("h1").toString());
        assertThat(state.resolve("h1")).doesNotExist();
        assertThat(other).exists();
        assertThat(Lab.removeLeftovers(state)).isEmpty();
    }

    @Test
    void aPathOutsideIsNeverDeleted() throws IOException {
        Path outside = Files.createDirectories(state.resolve("outside"));
        Path inside = Files.createDirectories(state.resolve("inside"));
        try (var journal = LabJournal.begin(Leftovers.journal(inside))) {
            journal.directory(outside);
        }
        assertThatThrownBy(() -> Lab.removeLeftovers(inside)).hasMessageContaining("outside");
        assertThat(outside).exists();
    }

    @Test
    void aLiveRunIsLeftAlone() {
        try (StateLock _ = StateLock.take(state)) {
            assertThatThrownBy(() -> Lab.removeLeftovers(state))
                    .isInstanceOf(LabException.class)
                    .hasMessageContaining("Another run uses");
        }
        assertThat(Lab.removeLeftovers(state)).isEmpty();
    }

    @Test
    void nothingIsMadeWhereNothingWas() {
        assertThat(Lab.removeLeftovers(state.resolve("absent"))).isEmpty();
        assertThat(state.resolve("absent")).doesNotExist();
    }
}
