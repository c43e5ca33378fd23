// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.report;

import io.streamrank.local.console.Console;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Holds figures as people read them, in the terminal and on the page.
 *
 * @param title of the column of names; may be empty
 * @param columns of figures
 * @param rows each with a figure for each of the columns
 */
public record ReportTable(String title, List<String> columns, List<Row> rows) {
    /**
     * Holds a line of the table.
     *
     * @param figures empty where a figure means nothing
     */
    public record Row(String name, List<String> figures) {
        public Row {
            figures = List.copyOf(figures);
        }
    }

    public ReportTable {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** Returns the table as HTML. */
    public String html() {
        return HtmlReport.render("report/table", this);
    }

    /** Prints the table with its columns aligned. */
    public void print(Console console) {
        print(console, List.of(this));
    }

    /**
     * Prints the table with its columns aligned with those of other tables.
     *
     * @param others with the same columns, this one included
     */
    public void print(Console console, List<ReportTable> others) {
        List<Row> all = others.stream().flatMap(ReportTable::lines).toList();
        int names = all.stream().mapToInt(row -> row.name().length()).max().orElse(0);
        int[] widths = IntStream.range(0, columns.size())
                .map(column -> all.stream()
                        .mapToInt(row -> row.figures().get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        console.print("@|faint " + line(header(), names, widths) + "|@");
        rows.forEach(row -> console.print(line(row, names, widths)));
    }

    private Row header() {
        return new Row(title, columns);
    }

    private Stream<Row> lines() {
        return Stream.concat(Stream.of(header()), rows.stream());
    }

    private static String line(Row row, int names, int[] widths) {
        StringBuilder line = new StringBuilder(
                "  " + row.name() + " ".repeat(names - row.name().length()));
        for (int i = 0; i < widths.length; i++) {
            String figure = row.figures().get(i);
            line.append(" ".repeat(2 + widths[i] - figure.length())).append(figure);
        }
        return line.toString();
    }
}
