package dev.drover.api.rest;

import java.util.Optional;

/**
 * A move.
 *
 * @param phase where it stands, as a constant of {@code Phase}
 * @param totalMs since it began, milliseconds; stands still when it has ended
 * @param diskDone share of the disk's image that was pulled, 0 to 1, once known
 * @param pullEtaSeconds till the image is pulled, by the rate so far; empty before and after
 */
public record MoveView(
        String id,
        String vm,
        String source,
        String target,
        boolean verify,
        String phase,
        double totalMs,
        Optional<Double> diskDone,
        Optional<Double> pullEtaSeconds,
        Optional<Outcome> outcome) {
    /**
     * How it ended.
     *
     * @param kind {@code MOVED}, {@code ROLLED_BACK} or {@code SUPERSEDED}
     * @param host that may run the VM now
     * @param why it did not move
     */
    public record Outcome(String kind, String host, long epoch, Optional<String> why) {}
}
