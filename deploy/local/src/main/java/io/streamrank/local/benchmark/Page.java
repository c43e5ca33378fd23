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
            .legend{font-size:.9rem;margin:.2rem 0}""";
    private static final List<Double> PERCENTILES = List.of(1.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0);

    String html() {
        StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<title>benchmark</title><style>\n" + STYLE + "\n</style></head><body>\n<h1>"
                + Html.escape(result.model()) + "</h1>\n");
        page.append(String.format(
                Locale.ROOT,
                "<p>%s, %d candidates a query, %d runs at a time, parallelism %d, %,d MB.</p>%n",
                Html.escape(result.workload().name()),
                result.workload().candidates(),
                result.workers(),
                result.parallelism(),
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
        page.append("<table><tr><th></th><th>pairs/s</th><th>tokens/s</th><th>padding</th><th>cores</th>"
                + "<th>of the limit [95 %]</th></tr>\n");
        row(page, "limit: ONNX Runtime alone", result.limit(), "1");
        row(page, "engine", result.engine(), result.ofLimit(result.engine()).toString());
        row(
                page,
                "Kafka to Kafka",
                result.pipeline(),
                result.ofLimit(result.pipeline()).toString());
        for (Result.PeerRounds peer : result.peers()) {
            row(page, peer.name(), peer.rounds(), result.ofLimit(peer.rounds()).toString());
        }
        page.append(
                "</table>\n<p>The limit has its pairs tokenised and sorted, runs them in the best batches, one run a"
                        + " core, and has no queue.</p>\n");
        peers(page);
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
                "<tr><td>%s</td><td>%.1f</td><td>%.0f</td><td>%s</td><td>%.2f</td><td>%s</td></tr>%n",
                Html.escape(name),
                total.pairsPerSecond(),
                total.tokensPerSecond(),
                total.computed() == 0 ? "" : String.format(Locale.ROOT, "%.1f %%", 100 * total.padding()),
                total.cores(),
                ratio));
    }

    private void latencies(StringBuilder page) {
        page.append("<table><tr><th>ms a query</th><th>queries/s</th><th>p50</th><th>p95</th><th>p99</th></tr>\n");
        latencyRow(page, "bare inference, nothing else", "", result.bare());
        for (Result.OpenLoop open : result.open()) {
            latencyRow(page, load(open), String.format(Locale.ROOT, "%.2f", open.queriesPerSecond()), open.latencies());
        }
        page.append("</table>\n<p>Queries come at random times, from Kafka to Kafka; their time counts from when they"
                + " were due.</p>\n");
    }

    private static void latencyRow(StringBuilder page, String name, String rate, Latencies latencies) {
        page.append(String.format(
                Locale.ROOT,
                "<tr><td>%s</td><td>%s</td><td>%.1f</td><td>%.1f</td><td>%.1f</td></tr>%n",
                name,
                rate,
                latencies.percentile(50),
                latencies.percentile(95),
                latencies.percentile(99)));
    }

    private static String load(Result.OpenLoop open) {
        return String.format(Locale.ROOT, "at %.0f %% of capacity", 100 * open.load());
    }

    private String rounds() {
        return new LineChart(
                        "round: pairs/s",
                        List.of(
                                series("limit", result.limit()),
                                series("engine", result.engine()),
                                series("Kafka to Kafka", result.pipeline())))
                .svg();
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
                        result.open().stream().map(open -> distribution(load(open), open.latencies())))
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
        return new LineChart(curve.by(), List.of(new LineChart.Series(curve.name(), curve.points())), true).svg();
    }
}
