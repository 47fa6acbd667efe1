package dev.drover.cli.user;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Rows under headings, each column as wide as it must be. */
final class Table {
    private static final String GAP = "  ";

    private Table() {}

    /** The lines; each row has as many cells as there are headings. */
    static List<String> lines(List<String> headings, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>(List.of(headings));
        all.addAll(rows);
        List<Integer> widths = new ArrayList<>(Collections.nCopies(headings.size(), 0));
        for (List<String> row : all) {
            for (int i = 0; i < row.size(); i++) {
                widths.set(i, Math.max(widths.get(i), row.get(i).length()));
            }
        }
        return all.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(row.get(i)).repeat(' ', widths.get(i) - row.get(i).length()).append(GAP);
        }
        return line.toString().stripTrailing();
    }
}
