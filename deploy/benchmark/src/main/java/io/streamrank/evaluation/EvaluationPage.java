// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.local.console.Columns;
import io.streamrank.report.BarChart;
import io.streamrank.report.LineChart;
import io.streamrank.report.ReportTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;

/** Gives the template {@code evaluation/report.mustache} what it names. */
record EvaluationPage(TestCollection collection, List<EvaluationResult> evaluated) {
    private static final int SHOWN_QUERIES = 5;
    private static final int SHOWN_HITS = 5;
    private static final int QUERY_CHARACTERS = 400;
    private static final int LABEL_CHARACTERS = 110;
    private static final int BAR_CHARACTERS = 120;

    /** Holds the table of one pair of models. */
    record Rows(String title, List<ReportTable.Row> rows) {}

    /** Holds what became of single queries with one pair of models. */
    record Details(String title, int candidates, BarChart bars, List<Query> gained, List<Query> lost) {}

    /** Holds a query that gained or lost much. */
    record Query(String kind, String difference, String text, String id, List<Hit> retrieved, List<Hit> reranked) {}

    /** Holds a document that a ranking has at its top. */
    record Hit(boolean relevant, int grade, String label) {}

    private record Difference(String id, double ndcg) {}

    String title() {
        return collection.name();
    }

    String documents() {
        return grouped(collection.documents().size());
    }

    String queries() {
        return grouped(collection.queries().size());
    }

    List<String> columns() {
        return EvaluationTables.COLUMNS;
    }

    String legend() {
        return EvaluationTables.LEGEND;
    }

    List<Rows> results() {
        return evaluated.stream()
                .map(result ->
                        new Rows(result.title(), EvaluationTables.table(result).rows()))
                .toList();
    }

    /** Returns the table that compares the ways to find candidates; empty if there is one way. */
    List<ReportTable> comparison() {
        return new EvaluationTables(evaluated).comparison().stream().toList();
    }

    /** Returns whether something was retrieved that reranking can be compared with. */
    boolean hasCharts() {
        return !compared().isEmpty();
    }

    List<LineChart> charts() {
        return List.of(
                chart("candidates", (result, run) -> run.candidates()),
                chart("ms of reranking a query, on the machine of this run", EvaluationResult::msPerQuery));
    }

    List<Details> details() {
        return compared().stream().map(this::details).toList();
    }

    private List<EvaluationResult> compared() {
        return evaluated.stream().filter(result -> result.retrieved() != null).toList();
    }

    private LineChart chart(String label, ToDoubleBiFunction<EvaluationResult, RunSummary> x) {
        List<LineChart.Series> series = new ArrayList<>();
        for (EvaluationResult result : compared()) {
            series.add(new LineChart.Series(result.title(), points(result, result.reranked(), x)));
            if (!result.byLogit().isEmpty()) {
                String name = (result.mode() == null ? "" : result.modeName() + " · ") + result.models() + " · "
                        + EvaluationResult.LOGIT_ALONE;
                series.add(new LineChart.Series(name, points(result, result.byLogit(), x)));
            }
        }
        return new LineChart("", label, series, LineChart.Axes.LINEAR);
    }

    private static List<LineChart.Point> points(
            EvaluationResult result, List<RunSummary> runs, ToDoubleBiFunction<EvaluationResult, RunSummary> x) {
        List<LineChart.Point> points = new ArrayList<>();
        points.add(new LineChart.Point(0, retrieved(result).mean().ndcg10()));
        runs.forEach(run -> points.add(
                new LineChart.Point(x.applyAsDouble(result, run), run.mean().ndcg10())));
        return points;
    }

    private static RunSummary retrieved(EvaluationResult result) {
        return Objects.requireNonNull(result.retrieved(), "compared only where there is retrieval");
    }

    private Details details(EvaluationResult result) {
        RunSummary before = retrieved(result);
        RunSummary after = result.deepest();
        List<Difference> differences = after.ndcgAgainst(before).entrySet().stream()
                .map(query -> new Difference(query.getKey(), query.getValue()))
                .sorted(Comparator.comparingDouble(query -> -query.ndcg()))
                .toList();
        List<BarChart.Bar> bars = differences.stream()
                .map(query -> new BarChart.Bar(Columns.cut(text(query.id()), BAR_CHARACTERS), query.ndcg()))
                .toList();
        Comparator<Difference> ascending = Comparator.comparingDouble(Difference::ndcg);
        return new Details(
                result.title(),
                after.candidates(),
                new BarChart(bars),
                most(differences, ascending.reversed(), query -> query.ndcg() > 0, before, after),
                most(differences, ascending, query -> query.ndcg() < 0, before, after));
    }

    private List<Query> most(
            List<Difference> differences,
            Comparator<Difference> order,
            Predicate<Difference> wanted,
            RunSummary before,
            RunSummary after) {
        return differences.stream()
                .filter(wanted)
                .sorted(order)
                .limit(SHOWN_QUERIES)
                .map(query -> new Query(
                        query.ndcg() > 0 ? "won" : "lost",
                        String.format(Locale.ROOT, "%+.3f", query.ndcg()),
                        Columns.cut(text(query.id()), QUERY_CHARACTERS),
                        query.id(),
                        hits(query.id(), before),
                        hits(query.id(), after)))
                .toList();
    }

    private List<Hit> hits(String query, RunSummary run) {
        Map<String, Integer> grades = collection.gradesOf(query);
        return run.rankings().getOrDefault(query, List.of()).stream()
                .limit(SHOWN_HITS)
                .map(id -> new Hit(
                        Measures.isRelevant(id, grades),
                        grades.getOrDefault(id, 0),
                        Columns.cut(collection.documentLabel(id), LABEL_CHARACTERS)))
                .toList();
    }

    private String text(String query) {
        return collection.queries().getOrDefault(query, "");
    }

    private static String grouped(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
