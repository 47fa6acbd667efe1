package dev.drover.cli.user;

import dev.drover.api.link.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Prints what the cluster answered. */
final class Output {
    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "table, wide, json or yaml (table)")
    private Form form = Form.TABLE;

    /** One column of a table. */
    record Column<T>(String heading, boolean wideOnly, Function<T, String> cell) {
        Column(String heading, Function<T, String> cell) {
            this(heading, false, cell);
        }

        static <T> Column<T> wide(String heading, Function<T, String> cell) {
            return new Column<>(heading, true, cell);
        }
    }

    /** The text of a list: a table of it, or all that the cluster told. */
    <T> String list(List<JsonNode> told, Class<T> type, List<Column<T>> columns) {
        return switch (form) {
            case TABLE, WIDE -> {
                List<Column<T>> shown =
                        columns.stream().filter(c -> form == Form.WIDE || !c.wideOnly).toList();
                yield Table.text(
                        shown.stream().map(Column::heading).toList(),
                        told.stream()
                                .map(t -> Json.read(t, type))
                                .map(t -> shown.stream().map(c -> c.cell.apply(t)).toList())
                                .toList());
            }
            case JSON, YAML -> structured(Json.mapper().createArrayNode().addAll(told));
        };
    }

    /** The text of one thing: a line for each column, or all that the cluster told. */
    <T> String one(JsonNode told, Class<T> type, List<Column<T>> columns) {
        return switch (form) {
            case TABLE, WIDE -> {
                T thing = Json.read(told, type);
                List<String> lines = new ArrayList<>();
                columns.forEach(
                        c -> lines.add("%-12s %s".formatted(c.heading, c.cell.apply(thing))));
                yield String.join("\n", lines);
            }
            case JSON, YAML -> structured(told);
        };
    }

    /** Whether a program reads it. */
    boolean isStructured() {
        return form == Form.JSON || form == Form.YAML;
    }

    void print(PrintWriter out, JsonNode told) {
        out.println(structured(told));
        out.flush();
    }

    private String structured(JsonNode told) {
        return form == Form.YAML
                ? YAMLMapper.builder().build().writeValueAsString(told).stripTrailing()
                : Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(told);
    }
}
