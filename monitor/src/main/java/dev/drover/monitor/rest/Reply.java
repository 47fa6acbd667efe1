package dev.drover.monitor.rest;

import dev.drover.api.link.Json;
import java.util.Map;

/** An answer: status, media type, further headers, body. */
@SuppressWarnings("ArrayRecordComponent") // written out once, never compared
record Reply(int status, String type, Map<String, String> headers, byte[] body) implements Answer {
    static final String JSON = "application/json";

    static Reply json(int status, Object body) {
        return new Reply(status, JSON, Map.of(), Json.write(body));
    }

    static Reply nothing() {
        return new Reply(204, "", Map.of(), new byte[0]);
    }

    Reply with(String name, String value) {
        return new Reply(status, type, Map.of(name, value), body);
    }
}
