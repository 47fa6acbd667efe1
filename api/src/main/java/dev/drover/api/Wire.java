package dev.drover.api;

import dev.drover.api.link.Json;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** How messages become a verb and JSON, and back. */
public final class Wire {
    private static final Map<String, Class<?>> HOST = verbs(HostMessage.class);
    private static final Map<String, Class<?>> MONITOR = verbs(MonitorMessage.class);

    private Wire() {}

    /** The verb of a message. */
    public static String verb(Record message) {
        return message.getClass().getSimpleName();
    }

    /** A message to a host; throws {@link IllegalArgumentException} for a verb that is none. */
    public static HostMessage hostMessage(String verb, JsonNode body) {
        return (HostMessage) read(HOST, verb, body);
    }

    /**
     * A message to the monitor; throws {@link IllegalArgumentException} for a verb that is none.
     */
    public static MonitorMessage monitorMessage(String verb, JsonNode body) {
        return (MonitorMessage) read(MONITOR, verb, body);
    }

    private static Object read(Map<String, Class<?>> verbs, String verb, JsonNode body) {
        Class<?> type = verbs.get(verb);
        if (type == null) {
            throw new IllegalArgumentException("Unknown verb '" + verb + "'");
        }
        return Json.read(body, type);
    }

    private static Map<String, Class<?>> verbs(Class<?> sealed) {
        return records(sealed).collect(Collectors.toMap(Class::getSimpleName, Function.identity()));
    }

    private static Stream<Class<?>> records(Class<?> type) {
        return type.isRecord()
                ? Stream.of(type)
                : Arrays.stream(type.getPermittedSubclasses()).flatMap(Wire::records);
    }
}
