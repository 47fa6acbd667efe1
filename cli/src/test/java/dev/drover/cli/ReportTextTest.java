package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The report, word for word. */
class ReportTextTest {
    @Test
    void aMoveReadsAsInTheReadme() throws IOException {
        assertThat(ReportText.of(SampleReports.moved()))
                .isEqualTo(
                        """
                        MOVED demo from h1 to h2 (epoch 8) in 6.2 s; paused for 44.2 ms
                          packets   12,555 sent, 12,555 answered, 0 lost, 0 duplicated, 0 reordered; 95 held; slowest 124.5 ms, longest silence 76.8 ms; client up to 45.6 ms late
                          tcp       6.0 MiB, 0 bytes wrong, 3 segments retransmitted
                          disk      raw 1.0 GiB (318 MiB allocated on source, 318 MiB on target), 338 MiB travelled, 12 rounds; identical: 1024 chunks of 1 MiB compared, all equal
                          memory    256 MiB, 181 MiB sent, precopy with 9 dirty syncs
                          guest     16,384 disk blocks read again, 0 bad; 16,384 memory pages, 0 bad
                          wire      415 MiB between the agents, tcg
                          pause     hold 0.3 | drain 1.2 | stop 1.1 | last round 15.1 | last memory 17.5 | vote 3.2 | commit 3.2 | resume 10.2 ms
                          other     instantiate 223 | snapshot 19 | pull 1382 | precopy 2955 | deliver 15 | verify 1217 | release 368 ms\
                        """);
        assertThat(Path.of("../README.md"))
                .content()
                .contains(ReportText.of(SampleReports.moved()).indent(4));
    }

    @Test
    void whatWentWrongIsSaid() {
        assertThat(ReportText.of(SampleReports.rolledBack()))
                .isEqualTo(
                        """
                        ROLLED-BACK: demo runs on h1 (epoch 9) after 1.5 s; paused for 12.3 ms; its QEMU died, so it was BOOTED ANEW from its disk
                          because   Host h2 does not answer
                          packets   1,000 sent, 990 answered, 10 lost, 2 duplicated, 1 reordered; 30 held, 7 LOST BY THE HOSTS; slowest 800.0 ms, longest silence 900.5 ms; client up to 5.5 ms late, 4 dropped by itself
                          tcp       1000 B, 8 bytes wrong, unknown segments retransmitted; the connection BROKE
                          disk      qcow2 512 MiB (3.0 MiB allocated on source, 2.0 MiB on target), 1.0 MiB travelled, 0 rounds; NOT PROVEN IDENTICAL: not compared
                          memory    192 MiB, 0 B sent, none with 0 dirty syncs
                          guest     20 disk blocks read again, 6 bad; 50 memory pages, 10 bad (5 older than noted, 3 newer, 2 torn)
                          wire      5.0 MiB between the agents, kvm
                          pause     stop 2.5 ms
                          other     instantiate 200 | abort 3 | roll back 41 ms\
                        """);
    }

    @Test
    void ofAnImageOfTheUsersNothingInsideIsClaimed() {
        assertThat(ReportText.of(SampleReports.ofAnImage()).lines())
                .contains(
                        "  packets   0 sent, 0 answered, 0 lost, 0 duplicated, 0 reordered; 0 held; slowest 0.0 ms, longest silence 0.0 ms; client up to 0.0 ms late",
                        "  tcp       0 B, 0 bytes wrong, unknown segments retransmitted",
                        "  guest     0 disk blocks read again, 0 bad; 0 memory pages, 0 bad")
                .contains(
                        "MOVED demo from h1 to h2 (epoch 8) in 6.2 s; paused for 44.2 ms",
                        "  disk      raw 1.0 GiB (318 MiB allocated on source, 318 MiB on target), 338 MiB travelled, 12 rounds; identical: 1024 chunks of 1 MiB compared, all equal");
    }

    @Test
    void memoryThatMovedInASinglePassIsToldWithItsReason() {
        MoveReport report =
                MoveReportTest.report(
                        new MoveReport.MemoryReport(
                                1 << 20, 1 << 20, "single-pass", Optional.of("QEMU is old"), 1));
        assertThat(ReportText.of(report))
                .contains("sent, single-pass with 1 dirty syncs: QEMU is old\n")
                .doesNotContain("  pause ", "  other "); // It has no phases.
        assertThat(ReportJson.of(report))
                .contains("\"mode\":\"single-pass\",\"mode_reason\":\"QEMU is old\"");
    }
}
