package dev.drover.cli;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Reports as one line of JSON. */
final class ReportJson {
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build();

    private ReportJson() {}

    /** The report of the only move that was asked for. */
    static String of(MoveReport report) {
        return JSON.writeValueAsString(report);
    }

    /** The array {@code moves}: those of several that there were. */
    static String of(List<MoveReport> reports) {
        return JSON.writeValueAsString(Map.of("moves", reports));
    }
}
