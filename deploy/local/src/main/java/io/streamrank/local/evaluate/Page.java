// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import io.streamrank.local.report.BarChart;
import io.streamrank.local.report.Html;
import io.streamrank.local.report.LineChart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The report for people: one page that needs nothing else. */
record Page(Judged collection, List<Result> results) {
    private static final int SHOWN_QUERIES = 5;
    private static final int SHOWN_HITS = 5;

    private static final String STYLE = """
        :root{color-scheme:light dark;--line:#8884;--won:#0072b2;--lost:#d55e00}
        body{font:15px/1.45 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums}
        th,td{padding:.2rem .7rem;text-align:right;border-bottom:1px solid var(--line)}
        th:first-child,td:first-child{text-align:left}
        .charts,.hits{display:grid;grid-template-columns:repeat(auto-fit,minmax(360px,1fr));gap:1.5rem}
        svg{width:100%;height:auto}svg text{font-size:12px;fill:currentColor}.grid{stroke:var(--line)}
        .won{fill:var(--won);color:var(--won)}.lost{fill:var(--lost);color:var(--lost)}
        .legend{font-size:.9rem;margin:.2rem 0}ol{margin:.2rem 0;padding-left:1.6rem}
        article{border-top:1px solid var(--line);padding:.6rem 0}.faint{opacity:.65}\
        """;

    String html() {
        String name = Html.escape(collection.name());
        StringBuilder page =
                new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + name
                        + "</title><style>\n" + STYLE + "\n</style></head><body>\n<h1>" + name + "</h1>\n");
        page.append(String.format(
                Locale.ROOT,
                "<p>%,d documents, %,d queries with relevant documents. Measures as in trec_eval.</p>%n",
                collection.documents().size(),
                collection.queries().size()));
        table(page);
        if (results.get(0).retrieved() != null) {
            page.append("<h2>nDCG@10 against candidates, and against time</h2>\n<div class=\"charts\"><div>")
                    .append(chart("candidates", (result, line) -> line.candidates()))
                    .append("</div><div>")
                    .append(chart("ms of reranking a query, on the machine of this run", Result::msPerQuery))
                    .append("</div></div>\n");
            results.forEach(result -> perQuery(result, page));
        }
        return page.append("</body></html>\n").toString();
    }

    private void table(StringBuilder page) {
        page.append("<table>").append(row("th", "", Row.COLUMNS));
        for (Result result : results) {
            page.append("<tr><th colspan=\"" + (1 + Row.COLUMNS.size()) + "\">")
                    .append(title(result))
                    .append("</th></tr>\n");
            Row.of(result).forEach(row -> page.append(row("td", row.name(), row.figures())));
        }
        page.append("</table>\n<p class=\"faint\">" + Html.escape(Row.LEGEND)
                + ". Times are of the machine of this run.</p>\n");
    }

    private static String row(String cell, String name, List<String> figures) {
        String open = "<" + cell + ">";
        String close = "</" + cell + ">";
        return Stream.concat(Stream.of(name), figures.stream())
                .map(text -> open + Html.escape(text) + close)
                .collect(Collectors.joining("", "<tr>", "</tr>\n"));
    }

    private static String title(Result result) {
        return Html.escape(result.title());
    }

    private String chart(String label, ToDoubleBiFunction<Result, Line> x) {
        List<LineChart.Series> series = new ArrayList<>();
        for (Result result : results) {
            series.add(new LineChart.Series(result.title(), points(result, result.reranked(), x)));
            if (!result.byLogit().isEmpty()) {
                String name = result.embedder() + " → " + result.reranker() + " · " + Result.LOGIT_ALONE;
                series.add(new LineChart.Series(name, points(result, result.byLogit(), x)));
            }
        }
        return new LineChart(label, series).svg();
    }

    private static List<LineChart.Point> points(Result result, List<Line> lines, ToDoubleBiFunction<Result, Line> x) {
        List<LineChart.Point> points = new ArrayList<>();
        points.add(new LineChart.Point(0, retrieved(result).mean().ndcg10()));
        lines.forEach(line -> points.add(
                new LineChart.Point(x.applyAsDouble(result, line), line.mean().ndcg10())));
        return points;
    }

    private static Line retrieved(Result result) {
        return Objects.requireNonNull(result.retrieved(), "compared only where there is retrieval");
    }

    private void perQuery(Result result, StringBuilder page) {
        Line before = retrieved(result);
        Line after = result.deepest();
        List<BarChart.Bar> bars = after.scores().entrySet().stream()
                .map(query -> new BarChart.Bar(query.getKey(), difference(query, before)))
                .sorted(Comparator.comparingDouble(bar -> -bar.difference()))
                .toList();
        page.append("<h2>").append(title(result)).append("</h2>\n<p>nDCG@10 of each query, reranked ");
        page.append(after.candidates()).append(" against retrieved</p>\n");
        page.append(new BarChart(named(bars)).svg());
        List<BarChart.Bar> gained = bars.stream()
                .filter(bar -> bar.difference() > 0)
                .limit(SHOWN_QUERIES)
                .toList();
        List<BarChart.Bar> lost = bars.stream()
                .filter(bar -> bar.difference() < 0)
                .sorted(Comparator.comparingDouble(BarChart.Bar::difference))
                .limit(SHOWN_QUERIES)
                .toList();
        page.append("<h3>Gained most</h3>\n");
        gained.forEach(query -> article(query, before, after, page));
        page.append("<h3>Lost most</h3>\n");
        lost.forEach(query -> article(query, before, after, page));
    }

    private static double difference(Map.Entry<String, Scores> query, Line before) {
        Scores scores = Objects.requireNonNull(before.scores().get(query.getKey()), "the same queries");
        return query.getValue().ndcg10() - scores.ndcg10();
    }

    private List<BarChart.Bar> named(List<BarChart.Bar> bars) {
        return bars.stream()
                .map(bar -> new BarChart.Bar(collection.queries().getOrDefault(bar.name(), ""), bar.difference()))
                .toList();
    }

    private void article(BarChart.Bar query, Line before, Line after, StringBuilder page) {
        page.append(String.format(
                Locale.ROOT,
                "<article><b class=\"%s\">%+.3f</b> %s <span class=\"faint\">(%s)</span><div class=\"hits\">",
                query.difference() > 0 ? "won" : "lost",
                query.difference(),
                Html.brief(collection.queries().getOrDefault(query.name(), ""), 400),
                Html.escape(query.name())));
        page.append("<div>retrieved").append(hits(query.name(), before)).append("</div>");
        page.append("<div>reranked").append(hits(query.name(), after)).append("</div></div></article>\n");
    }

    private String hits(String query, Line line) {
        Map<String, Integer> grades = collection.gradesOf(query);
        return line.rankings().getOrDefault(query, List.of()).stream()
                .limit(SHOWN_HITS)
                .map(id -> String.format(
                        "<li>%s%s</li>",
                        Measures.isRelevant(id, grades)
                                ? "<b class=\"won\" title=\"grade " + grades.get(id) + "\">✓</b> "
                                : "",
                        Html.brief(collection.documentLabel(id), 110)))
                .collect(Collectors.joining("", "<ol>", "</ol>"));
    }
}
