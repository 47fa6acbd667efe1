package dev.drover.qemu;

import java.util.Map;

/**
 * A command of the QAPI schema.
 *
 * @param name for example {@code query-status}
 * @param arguments as they go into JSON
 */
record QmpCommand(String name, Map<String, ?> arguments) {
    static QmpCommand of(String name) {
        return new QmpCommand(name, Map.of());
    }

    static QmpCommand of(String name, Map<String, ?> arguments) {
        return new QmpCommand(name, arguments);
    }

    /** As a member of a {@code transaction}. */
    Map<String, ?> asAction() {
        return Map.of("type", name, "data", arguments);
    }
}
