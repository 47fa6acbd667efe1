package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.lab.client.Verification;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoveReportTest {
    static MoveReport report(MoveReport.MemoryReport memory) {
        return report("h2", 0, 10, 1, 1, 1, memory);
    }

    private static MoveReport report(
            String host, long lost, long answered, long streamed, long blocks, long pages) {
        return report(
                host,
                lost,
                answered,
                streamed,
                blocks,
                pages,
                new MoveReport.MemoryReport(1, 1, "precopy", Optional.empty(), 4));
    }

    private static MoveReport report(
            String host,
            long lost,
            long answered,
            long streamed,
            long blocks,
            long pages,
            MoveReport.MemoryReport memory) {
        return new MoveReport(
                "vm",
                "h1",
                "h2",
                new MoveReport.ActiveHost(host, 2),
                MoveReport.MOVED,
                Optional.empty(),
                false,
                1,
                1,
                1,
                List.of(),
                new MoveReport.Packets(10, answered, lost, 0, 0, 0, 0, 1, 0, 0),
                new MoveReport.Tcp(streamed, 0, Optional.of(0L), true),
                new MoveReport.DiskReport("raw", 1, 1, 1, 1, 1, true, ""),
                new MoveReport.GuestReport(blocks, 0, pages, 0, new Verification.BadKinds(0, 0, 0)),
                memory,
                1,
                "tcg");
    }

    @Test
    void whatIsWholeIsFlawlessAndProven() {
        MoveReport good = report("h2", 0, 10, 1, 1, 1);
        assertThat(good.isFlawless()).isTrue();
        assertThat(good.isProven()).isTrue();
    }

    @Test
    void whatWasLostOrRunsElsewhereIsNotFlawless() {
        assertThat(report("h2", 1, 9, 1, 1, 1).isFlawless()).isFalse();
        assertThat(report("h1", 0, 10, 1, 1, 1).isFlawless()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1, 1", "1, 0, 1, 1", "1, 1, 0, 1", "1, 1, 1, 0"})
    void silenceProvesNothing(long answered, long streamed, long blocks, long pages) {
        assertThat(report("h2", 0, answered, streamed, blocks, pages).isProven()).isFalse();
    }
}
