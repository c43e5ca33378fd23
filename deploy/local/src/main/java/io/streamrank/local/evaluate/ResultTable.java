// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import io.streamrank.local.console.Console;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The results for people: for each pair of models retrieval alone, then reranked with ever more candidates. */
record ResultTable(Console console) {
    void print(List<Result> results) {
        List<Row> all =
                results.stream().flatMap(result -> Row.of(result).stream()).toList();
        for (Result result : results) {
            console.print("");
            console.print("@|bold " + result.title() + "|@");
            console.print("@|faint " + line(new Row("", Row.COLUMNS), all) + "|@");
            Row.of(result).forEach(row -> console.print(line(row, all)));
        }
        console.print("");
        console.print("@|faint " + Row.LEGEND + "|@");
    }

    /** Each figure at the right of a column that is as wide as the widest of all rows. */
    private static String line(Row row, List<Row> all) {
        int names = all.stream().mapToInt(other -> other.name().length()).max().orElse(0);
        return IntStream.range(0, Row.COLUMNS.size())
                .mapToObj(column -> padded(row.figures().get(column), width(column, all)))
                .collect(Collectors.joining(
                        "", "  " + row.name() + " ".repeat(names - row.name().length()), ""));
    }

    private static int width(int column, List<Row> all) {
        int widest = all.stream()
                .mapToInt(row -> row.figures().get(column).length())
                .max()
                .orElse(0);
        return 2 + Math.max(widest, Row.COLUMNS.get(column).length());
    }

    private static String padded(String text, int width) {
        return " ".repeat(width - text.length()) + text;
    }
}
