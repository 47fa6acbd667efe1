package dev.drover.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/** The person at the other end, if it is one. */
public final class Terminal {
    private Terminal() {}

    /** Whether input and output are a terminal. */
    public static boolean isThere() {
        return console().isPresent();
    }

    /** Asks a question; whether the answer is yes. False when nobody is there. */
    public static boolean agrees(String question) {
        return console()
                .map(c -> c.readLine("%s [y/N] ", question))
                .filter(answer -> answer.strip().matches("(?i)y|yes"))
                .isPresent();
    }

    /** How many characters fit into a line; empty when nobody is there, or it is not known. */
    public static OptionalInt width() {
        if (!isThere()) {
            return OptionalInt.empty();
        }
        try {
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(ProcessBuilder.Redirect.INHERIT)
                            .start();
            String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return width(said);
        } catch (IOException _) {
            return OptionalInt.empty();
        }
    }

    /** Of what stty(1) says: rows and columns; 0 where nobody told it. */
    static OptionalInt width(String sttySize) {
        return sttySize.strip().matches("[0-9]{1,5} [1-9][0-9]{0,4}")
                ? OptionalInt.of(Integer.parseInt(sttySize.strip().split(" ", 2)[1]))
                : OptionalInt.empty();
    }

    private static Optional<Console> console() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal);
    }
}
