package dev.drover.engine;

import java.util.List;

/**
 * The outcome of comparing both volumes.
 *
 * @param identical every chunk was compared and none differs
 * @param finding in plain words
 */
public record Verification(boolean identical, String finding) {
    static Verification of(ContentDigest source, ContentDigest target) {
        List<Integer> differing = source.differences(target);
        int all = source.chunks().size();
        return differing.isEmpty()
                ? new Verification(true, all + " chunks of 1 MiB compared, all equal")
                : new Verification(
                        false,
                        differing.size()
                                + " of "
                                + all
                                + " chunks of 1 MiB differ, first at "
                                + differing.getFirst()
                                + " MiB");
    }
}
