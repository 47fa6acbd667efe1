package dev.drover.qemu;

import tools.jackson.databind.JsonNode;

/**
 * What QEMU tells unasked (QMP specification, "asynchronous events").
 *
 * @param name for example {@code STOP}
 * @param data may be the missing node
 * @param micros when it happened, microseconds since the epoch by QEMU's clock
 */
record QmpEvent(String name, JsonNode data, long micros) {
    static QmpEvent of(JsonNode message) {
        JsonNode time = message.path("timestamp");
        return new QmpEvent(
                message.path("event").asString(),
                message.path("data"),
                time.path("seconds").asLong() * 1_000_000 + time.path("microseconds").asLong());
    }
}
