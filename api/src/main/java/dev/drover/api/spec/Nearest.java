package dev.drover.api.spec;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The known word that was probably meant. */
final class Nearest {
    /** What other systems call it. */
    private static final Map<String, String> OTHER_WORDS =
            Map.ofEntries(
                    Map.entry("cpu", "cores"),
                    Map.entry("cpus", "cores"),
                    Map.entry("vcpus", "cores"),
                    Map.entry("ram", "memory"),
                    Map.entry("volumes", "disks"),
                    Map.entry("drives", "disks"),
                    Map.entry("networks", "nics"),
                    Map.entry("interfaces", "nics"),
                    Map.entry("bridge", "network"),
                    Map.entry("cdrom", "iso"),
                    Map.entry("labels", "tags"),
                    Map.entry("machine", "machineType"),
                    Map.entry("hostdevs", "devices"),
                    Map.entry("base", "image"),
                    Map.entry("macAddress", "mac"));

    private static final int LONGEST_WORD = 40;

    private Nearest() {}

    /** By spelling, letter case aside; empty when none is near. */
    static Optional<String> to(String word, Collection<String> known) {
        String other = OTHER_WORDS.get(word);
        if (other != null && known.contains(other)) {
            return Optional.of(other);
        }
        if (word.length() > LONGEST_WORD) {
            return Optional.empty();
        }
        String lower = word.toLowerCase(Locale.ROOT);
        int near = Math.max(1, word.length() / 3);
        record Candidate(String word, int distance) {}
        return known.stream()
                .map(k -> new Candidate(k, distance(lower, k.toLowerCase(Locale.ROOT))))
                .filter(c -> c.distance <= near)
                .min(Comparator.comparingInt(Candidate::distance))
                .map(Candidate::word);
    }

    /**
     * How many letters must be put in, taken out, changed, or swapped with the next (optimal string
     * alignment).
     */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int change = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(change, 1 + Math.min(cost[i][j - 1], cost[i - 1][j]));
                boolean swapped =
                        i > 1
                                && j > 1
                                && a.charAt(i - 1) == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    cost[i][j] = Math.min(cost[i][j], 1 + cost[i - 2][j - 2]);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
