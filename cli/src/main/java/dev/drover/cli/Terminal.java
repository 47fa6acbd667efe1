package dev.drover.cli;

import java.io.Console;
import java.util.Optional;

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

    private static Optional<Console> console() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal);
    }
}
