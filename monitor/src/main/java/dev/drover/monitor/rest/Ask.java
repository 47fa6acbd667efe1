package dev.drover.monitor.rest;

import dev.drover.api.link.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request of somebody who may make it. Whatever it has that is not expected is an error.
 *
 * @param caller who asks, unique in the cluster
 * @param path the variable parts of the path, in order
 * @param content the body; who expects to be told to send it (RFC 9110, 10.1.1) is told then
 */
record Ask(
        String caller,
        java.util.List<String> path,
        String rawQuery,
        Map<String, String> headers,
        Supplier<InputStream> content) {
    static final int MOST_BYTES = 1 << 20;

    private static final JsonMapper STRICT =
            Json.mapper()
                    .rebuild()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    static ProblemException bad(String detail, String correction) {
        return new ProblemException(
                400, detail, "The request is not as openapi.yaml says", correction);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** The query's parameters; none but these may be there, each once. */
    Map<String, String> query(Set<String> allowed) {
        Map<String, String> found = new HashMap<>();
        if (rawQuery.isEmpty()) {
            return found;
        }
        for (String part : rawQuery.split("&", -1)) {
            int equals = part.indexOf('=');
            String name = decode(equals < 0 ? part : part.substring(0, equals));
            String value = equals < 0 ? "" : decode(part.substring(equals + 1));
            if (!allowed.contains(name) || found.put(name, value) != null) {
                throw bad(
                        "The parameter '" + name + "' is not known here, or there twice",
                        "Use each of " + allowed + " once at most");
            }
        }
        return found;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw bad("The query cannot be decoded", "Encode it by RFC 3986");
        }
    }

    /** The body: a JSON object with no other fields than these. */
    Map<String, JsonNode> body(Set<String> allowed) throws IOException {
        JsonNode tree = tree(bytes(Set.of(Reply.JSON)));
        if (!tree.isObject()) {
            throw bad("The body is no JSON object", "Send an object");
        }
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        tree.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        if (!allowed.containsAll(fields.keySet())) {
            throw bad("The body has fields that are not known", "Use " + allowed);
        }
        return fields;
    }

    /** The body, which is of one of these types, as UTF-8; what is not becomes U+FFFD. */
    String text(Set<String> types) throws IOException {
        return new String(bytes(types), StandardCharsets.UTF_8);
    }

    /** Refuses a body that is of none of these types. */
    void checkType(Set<String> types) {
        String type = header("content-type").orElse("");
        String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!types.contains(bare)) {
            String read = String.join(" or ", new TreeSet<>(types));
            throw new ProblemException(
                    415, "The body is '" + type + "'", "Only " + read + " is read here", "Send it");
        }
    }

    /** Of the body in bytes, as its sender says. */
    OptionalLong length() {
        String length = header("content-length").orElse("");
        return length.matches("[0-9]{1,18}")
                ? OptionalLong.of(Long.parseLong(length))
                : OptionalLong.empty();
    }

    private byte[] bytes(Set<String> types) throws IOException {
        checkType(types);
        byte[] bytes = content.get().readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw tooLarge();
        }
        return bytes;
    }

    private static JsonNode tree(byte[] bytes) {
        try {
            return STRICT.readTree(bytes);
        } catch (JacksonException e) {
            throw bad("The body is no JSON: " + e.getOriginalMessage(), "Mend it");
        }
    }

    static ProblemException tooLarge() {
        return new ProblemException(
                413, "The body is too large", "At most 1 MiB is read", "Send less");
    }

    static String text(Map<String, JsonNode> fields, String name) {
        JsonNode value = fields.get(name);
        if (value == null || !value.isString()) {
            throw bad("The field '" + name + "' is no text, or missing", "Send it as text");
        }
        return value.stringValue();
    }

    /** A whole number from 0 to {@code most}. */
    static int number(Map<String, JsonNode> fields, String name, int most) {
        JsonNode value = fields.get(name);
        if (value == null || !value.isInt() || value.intValue() < 0 || value.intValue() > most) {
            throw bad(
                    "The field '" + name + "' is no whole number from 0 to " + most,
                    "Send it as a number");
        }
        return value.intValue();
    }

    static boolean flag(Map<String, JsonNode> fields, String name, boolean absent) {
        JsonNode value = fields.get(name);
        if (value == null) {
            return absent;
        }
        if (!value.isBoolean()) {
            throw bad("The field '" + name + "' is no boolean", "Send true or false");
        }
        return value.booleanValue();
    }
}
