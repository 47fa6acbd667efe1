package dev.drover.qemu;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What both sides of a migration are set to (QMP schema migration.json): each capability
 * explicitly, for what an earlier migration left would be obeyed.
 */
final class MigrationSettings {
    /** Without {@code return-path} a source believes a target that is none. */
    private static final Set<String> BOTH = Set.of("events", "return-path");

    private static final String SOURCE_ONLY = "pause-before-switchover";

    /** The default, 128 MiB/s, would hold every fast link back. */
    private static final long MAX_BANDWIDTH = 100L << 30;

    /** QEMU may end its rounds when the rest takes 1 ms: in practice, when we let it. */
    private static final long DOWNTIME_LIMIT_MS = 1;

    private MigrationSettings() {}

    static void source(QmpConnection qmp) {
        capabilities(qmp, true);
        qmp.execute(
                "migrate-set-parameters",
                Map.of("max-bandwidth", MAX_BANDWIDTH, "downtime-limit", DOWNTIME_LIMIT_MS));
    }

    static void target(QmpConnection qmp) {
        capabilities(qmp, false);
    }

    private static void capabilities(QmpConnection qmp, boolean source) {
        Set<String> on = BOTH.stream().collect(Collectors.toCollection(java.util.HashSet::new));
        if (source) {
            on.add(SOURCE_ONLY);
        }
        List<Map<String, ?>> all =
                qmp.execute("query-migrate-capabilities")
                        .valueStream()
                        .map(c -> c.path("capability").asString())
                        .<Map<String, ?>>map(
                                name -> Map.of("capability", name, "state", on.contains(name)))
                        .toList();
        qmp.execute("migrate-set-capabilities", Map.of("capabilities", all));
    }

    /** Why a migration failed, as QEMU says. */
    static String reason(JsonNode migration) {
        return migration.path("error-desc").asString("QEMU says no more than that");
    }
}
