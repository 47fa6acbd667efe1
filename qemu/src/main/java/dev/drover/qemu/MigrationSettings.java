package dev.drover.qemu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * How QEMU is to migrate: every capability is set, on both sides alike, since one that is left over
 * from an earlier move, or differs, spoils the next.
 */
final class MigrationSettings {
    /**
     * {@code return-path}: the source takes nothing for complete that the target has not
     * acknowledged. {@code late-block-activate}: the target touches its disk no earlier than it is
     * resumed. {@code pause-before-switchover}: QEMU waits before its last stage.
     */
    private static final Set<String> ON =
            Set.of("events", "return-path", "late-block-activate", "pause-before-switchover");

    /** Bytes a second: none. It is the stream's reader who limits. */
    private static final long NO_LIMIT = 1L << 40;

    /**
     * Milliseconds, the least. QEMU takes the memory for small enough to stop the guest when it can
     * be sent in this time at the rate it last saw; 0 would let it look only once.
     */
    private static final int DOWNTIME_MILLIS = 1;

    private MigrationSettings() {}

    /** As {@link #apply}, into a file: nobody acknowledges, and nothing is waited for. */
    static void applyForFile(QmpConnection qmp) {
        apply(qmp, Set.of("events"));
    }

    /** Sets them. {@code announce-rounds}: nothing is announced but by the packet gate. */
    static void apply(QmpConnection qmp) {
        apply(qmp, ON);
    }

    private static void apply(QmpConnection qmp, Set<String> wanted) {
        List<Map<String, ?>> changes = new ArrayList<>();
        for (JsonNode capability : qmp.execute("query-migrate-capabilities")) {
            String name = capability.path("capability").asString("");
            boolean on = wanted.contains(name);
            if (capability.path("state").asBoolean(false) != on) {
                changes.add(Map.of("capability", name, "state", on));
            }
        }
        if (!changes.isEmpty()) {
            qmp.execute("migrate-set-capabilities", Map.of("capabilities", changes));
        }
        qmp.execute(
                "migrate-set-parameters",
                Map.of(
                        "max-bandwidth",
                        NO_LIMIT,
                        "downtime-limit",
                        DOWNTIME_MILLIS,
                        "announce-rounds",
                        0));
    }
}
