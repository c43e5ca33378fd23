// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import io.streamrank.local.report.Html;
import io.streamrank.local.report.LineChart;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The result as one page that needs nothing else. */
record Page(Result result) {
    private static final String STYLE = """
        :root{color-scheme:light dark;--line:#8884}
        body{font:15px/1.45 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums}
        th,td{padding:.2rem .7rem;text-align:right;border-bottom:1px solid var(--line)}
        th:first-child,td:first-child{text-align:left}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(360px,1fr));gap:1.5rem}
        svg{width:100%;height:auto}svg text{font-size:12px;fill:currentColor}.grid{stroke:var(--line)}
        .legend{font-size:.9rem;margin:.2rem 0}\
        """;
    private static final List<Double> PERCENTILES = List.of(1.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0);

    String html() {
        StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<title>benchmark</title><style>\n" + STYLE + "\n</style></head><body>\n<h1>"
                + Html.escape(result.model()) + "</h1>\n");
        page.append(String.format(
                Locale.ROOT,
                "<p>%s, %d candidates a query, %d runs at a time, %,d MB.</p>%n",
                Html.escape(result.workload().name()),
                result.workload().candidates(),
                result.workers(),
                result.memoryBytes() >> 20));
        throughput(page);
        latencies(page);
        page.append("<div class=\"charts\"><div>").append(rounds()).append("</div><div>");
        page.append(distributions()).append("</div>");
        for (Curve curve : result.curves()) {
            page.append("<div>").append(chart(curve)).append("</div>");
        }
        return page.append("</div>\n</body></html>\n").toString();
    }

    private void throughput(StringBuilder page) {
        page.append("<table><tr><th></th><th>pairs/s</th><th>tokens/s</th><th>padding</th><th>cached</th>"
                + "<th>cores</th><th>of the limit [95 %]</th></tr>\n");
        row(page, "limit: ONNX Runtime alone", result.limit(), "1");
        row(page, "engine", result.engine(), result.ofLimit(result.engine()).toString());
        for (Result.PipelineRounds pipeline : result.pipelines()) {
            row(
                    page,
                    pipeline.name(),
                    pipeline.rounds(),
                    result.ofLimit(pipeline.rounds()).toString());
        }
        for (Result.PeerRounds peer : result.peers()) {
            row(page, peer.name(), peer.rounds(), result.ofLimit(peer.rounds()).toString());
        }
        page.append(
                "</table>\n<p>The limit has its pairs tokenised and sorted, runs them in the best batches, one run a"
                        + " core, and has no queue. All but the peers have the same pairs in a round: those that the"
                        + " job retrieves. With passages in the query the job neither embeds nor searches.</p>\n");
        variants(page);
        peers(page);
    }

    private void variants(StringBuilder page) {
        page.append("<table><tr><th>beside the first Kafka to Kafka</th><th>times as fast [95 %]</th></tr>\n");
        for (Result.PipelineRounds variant : result.variants()) {
            page.append(String.format(
                    Locale.ROOT, "<tr><td>%s</td><td>%s</td></tr>%n", variant.name(), result.besidesTheFirst(variant)));
        }
        page.append("</table>\n");
    }

    private void peers(StringBuilder page) {
        if (result.peers().isEmpty()) {
            return;
        }
        page.append(
                "<table><tr><th>the engine beside</th><th>times as fast [95 %]</th><th>logits differ by</th></tr>\n");
        for (Result.PeerRounds peer : result.peers()) {
            page.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%s</td><td>%s</td><td>%.1e</td></tr>%n",
                    Html.escape(peer.name()),
                    result.besides(peer),
                    peer.maxDifference()));
        }
        page.append("</table>\n");
    }

    private static void row(StringBuilder page, String name, List<Round> rounds, String ratio) {
        Round total = Result.total(rounds);
        page.append(String.format(
                Locale.ROOT,
                "<tr><td>%s</td><td>%.1f</td><td>%.0f</td><td>%s</td><td>%s</td><td>%.2f</td><td>%s</td></tr>%n",
                Html.escape(name),
                total.pairsPerSecond(),
                total.tokensPerSecond(),
                Table.padding(total),
                Table.cached(total),
                total.cores(),
                ratio));
    }

    private void latencies(StringBuilder page) {
        page.append("<table><tr><th>ms a query</th><th>queries/s</th><th>queries</th><th>p50</th><th>p95</th>"
                + "<th>p99</th><th>p99 / bare p50</th></tr>\n");
        latencyRow(page, "bare inference, nothing else", "", result.bare());
        for (Result.OpenLoop open : result.open()) {
            latencyRow(
                    page,
                    OpenLoops.name(open),
                    String.format(Locale.ROOT, "%.2f", open.queriesPerSecond()),
                    open.latencies());
        }
        page.append("</table>\n<p>Queries come whether the job keeps up or not, from Kafka to Kafka; their time counts"
                + " from when they were due. At random times some come while others are under way, which evenly spaced"
                + " ones at less than full load need not.</p>\n");
    }

    private void latencyRow(StringBuilder page, String name, String rate, Latencies latencies) {
        page.append(String.format(
                Locale.ROOT,
                "<tr><td>%s</td><td>%s</td><td>%d</td><td>%.1f</td><td>%.1f</td><td>%.1f</td><td>%.2f</td></tr>%n",
                name,
                rate,
                latencies.count(),
                latencies.percentile(50),
                latencies.percentile(95),
                latencies.percentile(99),
                result.timesBare(latencies)));
    }

    private String rounds() {
        List<LineChart.Series> series = new ArrayList<>();
        series.add(series("limit", result.limit()));
        series.add(series("engine", result.engine()));
        result.pipelines().forEach(pipeline -> series.add(series(pipeline.name(), pipeline.rounds())));
        return new LineChart("round: pairs/s", series).svg();
    }

    private static LineChart.Series series(String name, List<Round> rounds) {
        List<LineChart.Point> points = new ArrayList<>();
        for (Round round : rounds) {
            points.add(new LineChart.Point(points.size() + 1, round.pairsPerSecond()));
        }
        return new LineChart.Series(name, points);
    }

    private String distributions() {
        List<LineChart.Series> series = Stream.concat(
                        Stream.of(distribution("bare inference", result.bare())),
                        result.open().stream().map(open -> distribution(OpenLoops.name(open), open.latencies())))
                .toList();
        return new LineChart("per cent of queries: ms", series).svg();
    }

    private static LineChart.Series distribution(String name, Latencies latencies) {
        return new LineChart.Series(
                name,
                PERCENTILES.stream()
                        .map(percent -> new LineChart.Point(percent, latencies.percentile(percent)))
                        .toList());
    }

    private static String chart(Curve curve) {
        return "<p>" + Html.escape(curve.name()) + "</p>"
                + new LineChart(curve.by(), curve.lines(), curve.axes()).svg();
    }
}
