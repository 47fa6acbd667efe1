package dev.drover.monitor;

import dev.drover.monitor.OpenApi.Operation;
import dev.drover.monitor.OpenApi.Parameter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Requests that are nearly what openapi.yaml says, or not at all. Not thread-safe. */
final class OddRequests {
    private static final List<String> ODD =
            List.of(
                    "",
                    "-",
                    "..",
                    "../../etc/passwd",
                    "\u0000",
                    "a b",
                    "a/b",
                    "\ud83d\udc11",
                    "x".repeat(300),
                    "0",
                    "-1",
                    "1e9",
                    "99999999999999999999",
                    "null",
                    "true",
                    "' OR 1=1 --",
                    "${jndi:x}",
                    "\r\nX: y");

    private static final List<String> ODD_JSON =
            List.of(
                    "null",
                    "true",
                    "-1",
                    "1.5",
                    "1e400",
                    "99999999999999999999999",
                    "\"\"",
                    "\"\\u0000\"",
                    "\"\\ud800\"",
                    "[]",
                    "{}",
                    "[[{\"a\":[]}]]",
                    "\"" + "y".repeat(70_000) + "\"");

    private static final List<String> ODD_BODIES =
            List.of(
                    "",
                    " ",
                    "\u0000",
                    "\ufeff{}",
                    "null",
                    "[]",
                    "{",
                    "{}{}",
                    "{\"a\":1,\"a\":2}",
                    "NaN",
                    "[".repeat(100_000),
                    "{\"a\":".repeat(5_000),
                    "a: &a [x]\nb: [*a, *a]",
                    "? - ? -\n",
                    "--- !!java.io.File [x]\n",
                    "name: \u00e4\t\n  - x\n: :");

    private static final List<String> ODD_TYPES =
            List.of(
                    "",
                    "text/plain",
                    "application/yaml",
                    "application/json; charset=utf-16",
                    "*/*");

    private final SplittableRandom random;
    private final List<String> known;
    private final String declaration;

    /**
     * Makes always the same of one seed.
     *
     * @param known names that stand for something
     * @param declaration of a VM, without faults
     */
    OddRequests(long seed, List<String> known, String declaration) {
        this.random = new SplittableRandom(seed);
        this.known = known;
        this.declaration = declaration;
    }

    /** One that can be sent. */
    record Request(String path, String body, Map<String, String> headers) {
        @Override
        public String toString() {
            return cut(path) + " " + headers + " " + cut(body);
        }

        private static String cut(String text) {
            return text.length() > 400 ? text.substring(0, 400) + "..." : text;
        }
    }

    Request next(Operation operation) {
        Map<String, String> headers = new LinkedHashMap<>();
        String type = operation.body().isPresent() ? "application/json" : "";
        headers.put("Content-Type", oneIn(8) ? of(ODD_TYPES) : type);
        headers.values().removeIf(String::isEmpty);
        for (Parameter header : operation.in("header")) {
            if (oneIn(2)) {
                headers.put(header.name(), printable(of(ODD)));
            }
        }
        return new Request(path(operation) + query(operation), body(operation), headers);
    }

    private String path(Operation operation) {
        String path = operation.template();
        for (Parameter parameter : operation.in("path")) {
            String value = oneIn(2) ? of(known) : of(ODD);
            path = path.replace("{" + parameter.name() + "}", encoded(value));
        }
        return path;
    }

    private String query(Operation operation) {
        List<String> parts = new ArrayList<>();
        for (Parameter parameter : operation.in("query")) {
            for (int times = random.nextInt(3); times > 0; times--) {
                parts.add(parameter.name() + "=" + encoded(oneIn(3) ? of(known) : of(ODD)));
            }
        }
        // Whoever watches and says nothing odd is answered for ever.
        if (oneIn(6) || operation.template().equals("/v1/events")) {
            parts.add("odd" + (oneIn(2) ? "" : "=%FF"));
        }
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    private String body(Operation operation) {
        if (operation.body().isEmpty()) {
            return oneIn(4) ? of(ODD_BODIES) : "";
        }
        JsonNode properties = operation.body().get().path("properties");
        if (oneIn(4)) {
            return of(ODD_BODIES);
        }
        if (properties.isMissingNode()) {
            int from = random.nextInt(declaration.length());
            int to = Math.min(declaration.length(), from + random.nextInt(12));
            return declaration.substring(0, from) + of(ODD_JSON) + declaration.substring(to);
        }
        List<String> fields =
                properties.properties().stream()
                        .filter(_ -> !oneIn(6))
                        .map(p -> '"' + p.getKey() + "\":" + value(p.getValue()))
                        .collect(Collectors.toCollection(ArrayList::new));
        if (oneIn(6)) {
            fields.add("\"odd\":" + of(ODD_JSON));
        }
        if (!fields.isEmpty() && oneIn(6)) {
            fields.add(fields.getFirst());
        }
        String body = "{" + String.join(",", fields) + "}";
        return oneIn(10) ? body.substring(0, random.nextInt(body.length())) : body;
    }

    private String value(JsonNode schema) {
        if (oneIn(4)) {
            return of(ODD_JSON);
        }
        JsonNode values = schema.path("enum");
        if (values.isArray()) {
            return values.get(random.nextInt(values.size())).toString();
        }
        return switch (schema.path("type").asString("")) {
            case "integer" -> Integer.toString(random.nextInt(2, 4000) - 100);
            case "boolean" -> Boolean.toString(random.nextBoolean());
            default -> '"' + of(known) + '"';
        };
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    private String of(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** What the client lets pass. */
    private static String printable(String value) {
        return value.replaceAll("[^ -~]", "?");
    }
}
