package dev.drover.monitor.rest;

import dev.drover.api.rest.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One thing that can be asked.
 *
 * @param template of the path, with {@code {name}} where anything but a slash may be
 * @param needed who may ask it
 * @param byLeader whether only the leader can answer
 * @param anyLength whether the body may be larger than {@link Ask#MOST_BYTES}
 */
record Route(
        String method,
        String template,
        Role needed,
        boolean byLeader,
        boolean anyLength,
        Handler handler) {
    /** With a body of {@link Ask#MOST_BYTES} at most. */
    Route(String method, String template, Role needed, boolean byLeader, Handler handler) {
        this(method, template, needed, byLeader, false, handler);
    }

    /** Only the leader answers it, and reads a body of any length as it comes. */
    static Route ofAnyLength(String method, String template, Role needed, Handler handler) {
        return new Route(method, template, needed, true, true, handler);
    }

    /** Answers. */
    interface Handler {
        Answer answer(Ask ask) throws IOException, InterruptedException;
    }

    /** What of a path's segments is variable; empty when it is not of this route. */
    Optional<List<String>> match(List<String> segments) {
        List<String> mine = List.of(template.substring(1).split("/", -1));
        if (mine.size() != segments.size()) {
            return Optional.empty();
        }
        List<String> variable = new ArrayList<>();
        for (int i = 0; i < mine.size(); i++) {
            if (mine.get(i).startsWith("{")) {
                variable.add(segments.get(i));
            } else if (!mine.get(i).equals(segments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(variable);
    }
}
