package dev.drover.lab.client;

import dev.drover.lab.LabException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of answer, as the guest's control and the client's process give it: {@code ok key=value
 * ...} or {@code error what went wrong}.
 */
record Reply(Map<String, String> values) {
    static Reply parse(String line) {
        if (line.startsWith("error ")) {
            throw new LabException(line.substring("error ".length()));
        }
        if (!line.equals("ok") && !line.startsWith("ok ")) {
            throw new LabException("An answer is neither ok nor error: " + line);
        }
        var values = new LinkedHashMap<String, String>();
        for (String word : line.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                values.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return new Reply(values);
    }

    long number(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new LabException("An answer lacks " + key + ": " + values);
        }
        return Long.parseLong(value);
    }

    /** The line of which {@link #parse} makes these values. */
    static String ok(Map<String, Long> values) {
        var line = new StringBuilder("ok");
        values.forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
        return line.toString();
    }

    /** The line of which {@link #parse} makes an exception. */
    static String error(String why) {
        return "error " + why.replace('\n', ' ');
    }
}
