package dev.drover.cli.user;

import dev.drover.cli.Terminal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** Rows under headings, each column as wide as it must be. */
final class Table {
    private static final String GAP = "  ";

    private Table() {}

    /** The text, its lines cut where the terminal ends; each row has as many cells as headings. */
    static String text(List<String> headings, List<List<String>> rows) {
        int width = Terminal.width().orElse(Integer.MAX_VALUE);
        return lines(headings, rows).stream()
                .map(line -> cut(line, width))
                .collect(Collectors.joining("\n"));
    }

    static String cut(String line, int width) {
        return line.length() <= width ? line : line.substring(0, width - 1) + "…";
    }

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
