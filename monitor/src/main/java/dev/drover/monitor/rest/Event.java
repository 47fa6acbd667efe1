package dev.drover.monitor.rest;

import dev.drover.api.link.Json;
import dev.drover.api.rest.EventType;
import dev.drover.api.rest.EventView;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An event, and its text once somebody sends it: whoever tells it has no time for that. */
final class Event {
    private final String id;
    private final EventType type;
    private final EventView view;
    private byte @Nullable [] text;

    Event(String id, EventType type, EventView view) {
        this.id = id;
        this.type = type;
        this.view = view;
    }

    /** As the HTML standard has it, section 9.2, "Server-sent events". */
    synchronized byte[] text() {
        byte[] known = text;
        if (known == null) {
            // JSON has no line breaks but escaped ones.
            known =
                    "id: %s\nevent: %s\ndata: %s\n\n"
                            .formatted(id, type.label(), Json.text(view))
                            .getBytes(StandardCharsets.UTF_8);
            text = known;
        }
        return known;
    }
}
