package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.api.link.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The report, field by field; {@code DemoIT} has one of a real move. */
class ReportJsonTest {
    private static final String ROLLED_BACK =
            """
            {
              "vm": "demo", "source": "h1", "target": "h2",
              "active": {"host": "h1", "epoch": 9},
              "outcome": "rolled-back", "why": "Host h2 does not answer", "cold_boot": true,
              "total_ms": 1500.0, "pause_ms": 12.34, "guest_gap_ms": 900.5,
              "phases": [
                {"name": "INSTANTIATE", "took_ms": 200.4}, {"name": "STOP", "took_ms": 2.5},
                {"name": "ABORT", "took_ms": 3.0}, {"name": "ROLL_BACK", "took_ms": 40.6}
              ],
              "packets": {
                "sent": 1000, "answered": 990, "lost": 10, "duplicated": 2, "reordered": 1,
                "buffered": 30, "lost_by_hosts": 7, "max_latency_ms": 800.0, "client_drops": 4,
                "client_late_ms": 5.5
              },
              "tcp": {"bytes": 1000, "bad_bytes": 8, "retransmits": null, "unbroken": false},
              "disk": {
                "format": "qcow2", "size_bytes": 536870912, "allocated_source_bytes": 3145728,
                "allocated_target_bytes": 2097152, "sent_bytes": 1048576, "rounds": 0,
                "identical": false, "finding": "not compared"
              },
              "guest": {
                "verified_blocks": 20, "bad_blocks": 6, "verified_pages": 50, "bad_pages": 10,
                "bad_kinds": {"older": 5, "newer": 3, "torn": 2}
              },
              "memory": {"size_bytes": 201326592, "sent_bytes": 0, "mode": "none", "mode_reason": null, "dirty_syncs": 0},
              "wire_bytes": 5242880, "accelerator": "kvm"
            }
            """;

    @Test
    void oneMoveIsOneObjectOnOneLine() {
        String json = ReportJson.of(SampleReports.rolledBack());
        assertThat(Json.mapper().readTree(json)).isEqualTo(Json.mapper().readTree(ROLLED_BACK));
        assertThat(json).doesNotContain("\n");
    }

    @Test
    void ofSeveralTheArrayIsMoves() {
        String json =
                ReportJson.of(List.of(SampleReports.rolledBack(), SampleReports.rolledBack()));
        String expected = "{\"moves\": [" + ROLLED_BACK + ", " + ROLLED_BACK + "]}";
        assertThat(Json.mapper().readTree(json)).isEqualTo(Json.mapper().readTree(expected));
        assertThat(json).doesNotContain("\n");
    }

    @Test
    void whatIsKnownIsNoNull() {
        assertThat(ReportJson.of(SampleReports.moved()))
                .contains("\"why\":null", "\"retransmits\":3,", "\"total_ms\":6212.25,");
    }
}
