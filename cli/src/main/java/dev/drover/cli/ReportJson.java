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

    /** The report of one move itself, several as the array {@code moves}. */
    static String of(List<MoveReport> reports) {
        return JSON.writeValueAsString(
                reports.size() == 1 ? reports.getFirst() : Map.of("moves", reports));
    }
}
