package dev.drover.qemu;

import tools.jackson.databind.JsonNode;

/**
 * Something that QEMU told unasked.
 *
 * @param name for example {@code STOP}
 * @param micros when it happened by QEMU's clock, in microseconds since the epoch
 * @param data its members; missing when it has none
 */
record QmpEvent(String name, long micros, JsonNode data) {
    static QmpEvent of(JsonNode message) {
        JsonNode time = message.path("timestamp");
        long micros =
                time.path("seconds").asLong(0) * 1_000_000 + time.path("microseconds").asLong(0);
        return new QmpEvent(message.path("event").asString(""), micros, message.path("data"));
    }

    /** A textual member of the data, or nothing but "". */
    String text(String member) {
        return data.path(member).asString("");
    }
}
