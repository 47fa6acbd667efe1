package dev.drover.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.engine.SourceFigures;
import dev.drover.engine.TwoHosts;
import dev.drover.ports.VmSpec;
import dev.drover.protocol.State.PauseEnd;
import dev.drover.testkit.guest.FakeHypervisor;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the memory of a whole move between two agents travels, and what is told of it. */
@Timeout(60)
class MemoryChoiceTest {
    private static final VmSpec ORDINARY = FakeHost.SPEC;

    @TempDir Path temp;

    @Test
    void memoryMovesByPrecopyWhereEverySizeIsSafe() throws IOException {
        SourceFigures figures = moved(ORDINARY, true);
        assertThat(figures.memoryMode()).isEqualTo("precopy");
        assertThat(figures.memoryModeReason()).isEmpty();
        assertThat(figures.dirtySyncs()).isGreaterThan(1);
    }

    @Test
    void memoryThatPrecopyWouldDamageMovesInASinglePassAndItIsSaidWhy() throws IOException {
        SourceFigures figures = moved(ORDINARY, false);
        assertThat(figures.memoryMode()).isEqualTo("single-pass");
        assertThat(figures.dirtySyncs()).isEqualTo(1);
        assertThat(figures.memoryModeReason().orElseThrow())
                .contains("0.0.0 under fake")
                .contains((64 << 20) + (8 << 10) + " bytes");
    }

    @Test
    void memoryOfASafeSizeMovesByPrecopyAllTheSame() throws IOException {
        VmSpec safe =
                new VmSpec(
                        ORDINARY.name(),
                        1,
                        new FakeHypervisor(false).safeMemoryBytes(ORDINARY.memoryBytes()),
                        ORDINARY.disk(),
                        ORDINARY.nic(),
                        ORDINARY.boot());
        SourceFigures figures = moved(safe, false);
        assertThat(figures.memoryMode()).isEqualTo("precopy");
        assertThat(figures.memoryModeReason()).isEmpty();
    }

    @Test
    void aPrecopyThatTheHypervisorTurnedDownIsToldAsWhatItWas() throws IOException {
        try (TwoAgents hosts = new TwoAgents(temp, ORDINARY, true)) {
            hosts.sourceGuest().quiet();
            SourceFigures figures = moved(hosts);
            assertThat(figures.memoryMode()).isEqualTo("single-pass");
            assertThat(figures.memoryModeReason().orElseThrow()).contains("by itself");
        }
    }

    private SourceFigures moved(VmSpec spec, boolean livePrecopy) throws IOException {
        try (TwoAgents hosts = new TwoAgents(temp, spec, livePrecopy)) {
            return moved(hosts);
        }
    }

    private static SourceFigures moved(TwoAgents hosts) {
        assertThat(hosts.prepareAndVote()).isEqualTo(new PauseEnd.Voted());
        return hosts.source().figures(TwoHosts.PLAN);
    }
}
