package dev.drover.api.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the findings of one text. One thread. */
final class Findings {
    /** So that a hostile text is not answered with megabytes. */
    static final int MOST_SHOWN = 100;

    private static final Comparator<Finding> ORDER =
            Comparator.comparingInt(Finding::line).thenComparingInt(Finding::column);

    private final List<Finding> shown = new ArrayList<>();
    private int faults;
    private int left;

    void fault(Position at, String path, String problem, String remedy) {
        faults++;
        add(Finding.Kind.FAULT, at, path, problem, remedy);
    }

    /** A finding that leaves the text usable. */
    void warn(Finding.Kind kind, Position at, String path, String problem, String remedy) {
        add(kind, at, path, problem, remedy);
    }

    private void add(Finding.Kind kind, Position at, String path, String problem, String remedy) {
        // The first fault is always shown: without one a faulty text would look sound.
        if (shown.size() < MOST_SHOWN || (kind == Finding.Kind.FAULT && faults == 1)) {
            shown.add(new Finding(kind, at.line(), at.column(), path, problem, remedy));
        } else {
            left++;
        }
    }

    /** How many faults there are so far. */
    int faults() {
        return faults;
    }

    /** In the order of the text, and how many more there are. */
    List<Finding> all() {
        List<Finding> all = new ArrayList<>(shown);
        all.sort(ORDER);
        if (left > 0) {
            Finding last = all.getLast();
            all.add(
                    new Finding(
                            faults > 0 ? Finding.Kind.FAULT : Finding.Kind.ADVICE,
                            last.line(),
                            last.column(),
                            "",
                            "There are " + left + " more findings, which are not shown",
                            "Mend these first"));
        }
        return List.copyOf(all);
    }
}
