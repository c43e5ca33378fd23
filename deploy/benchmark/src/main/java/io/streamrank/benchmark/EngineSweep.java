// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import io.streamrank.benchmark.systems.Baseline;
import io.streamrank.benchmark.systems.EngineBenchmark;
import io.streamrank.benchmark.workload.RerankRequest;
import io.streamrank.benchmark.workload.Workload;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.local.console.Console;
import io.streamrank.report.LineChart;
import io.streamrank.report.LineChart.Axes;
import io.streamrank.report.LineChart.Point;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** Measures how the engine's cost grows with candidates, length and concurrency. */
final class EngineSweep {
    private static final List<Integer> CANDIDATES = List.of(10, 20, 50, 100, 200, 500, 1_000);
    private static final List<Integer> TOKENS = List.of(16, 32, 64, 128, 256, 512);
    private static final List<Integer> CONCURRENT = List.of(1, 10, 100, 1_000);

    private static final String QUERY = "what is it";

    private final Console console;
    private final Workload workload;
    private final Baseline baseline;
    private final EngineBenchmark engine;
    private final int repeats;
    /** Asks that no round had, so that no cache knows them. */
    private long next = 1L << 40;

    /** Prepares a sweep, a small one where it is enough that everything runs. */
    EngineSweep(Console console, Workload workload, Baseline baseline, PassageReranker service, boolean smoke) {
        this.console = console;
        this.workload = workload;
        this.baseline = baseline;
        this.engine = new EngineBenchmark(service);
        this.repeats = smoke ? 1 : 5;
    }

    private boolean smoke() {
        return repeats == 1;
    }

    List<LineChart> run() throws Exception {
        return List.of(candidates(), length(), concurrency());
    }

    private LineChart candidates() throws Exception {
        List<Point> points = new ArrayList<>();
        int most = smoke() ? 20 : 1_000;
        for (int candidates : upTo(CANDIDATES, most)) {
            console.status("candidates: " + candidates);
            points.add(new Point(candidates, oneByOne(workload.withCandidates(candidates))));
        }
        return chart("ms a query, one at a time", "candidates", points, Axes.LOGARITHMIC);
    }

    private LineChart length() throws Exception {
        List<Point> points = new ArrayList<>();
        for (int tokens : upTo(TOKENS, smoke() ? 32 : baseline.maxTokens())) {
            console.status("tokens: " + tokens);
            Workload long50 = ofLength(tokens, smoke() ? 2 : 50);
            int read = baseline.tokens(QUERY, long50.passages().get(0));
            points.add(new Point(read, oneByOne(long50) / long50.candidates()));
        }
        return chart("ms a pair, one query at a time", "tokens of a pair", points, Axes.LOGARITHMIC);
    }

    private LineChart concurrency() throws Exception {
        Workload small = workload.withCandidates(Math.min(smoke() ? 2 : 10, workload.candidates()));
        List<Point> points = new ArrayList<>();
        for (int concurrent : upTo(CONCURRENT, smoke() ? 10 : 1_000)) {
            console.status("concurrent queries: " + concurrent);
            List<RerankRequest> requests = fresh(small, Math.max(concurrent, 10 * repeats));
            points.add(new Point(
                    concurrent,
                    engine.run(requests, baseline.prepare(requests), concurrent)
                            .round()
                            .pairsPerSecond()));
        }
        return chart("pairs/s", "concurrent queries", points, Axes.LOGARITHMIC_X);
    }

    private static LineChart chart(String what, String by, List<Point> points, Axes axes) {
        return new LineChart(what, by, List.of(new LineChart.Series("engine", points)), axes);
    }

    /** Median milliseconds. */
    private double oneByOne(Workload load) throws Exception {
        List<RerankRequest> requests = fresh(load, repeats);
        return engine.run(requests, baseline.prepare(requests), 1).latencies().percentile(50);
    }

    private List<RerankRequest> fresh(Workload load, int count) {
        next += count;
        return load.requests(next - count, count);
    }

    /** Passages of random words, cut to so many tokens with the query, or to as many as the model reads. */
    private Workload ofLength(int tokens, int candidates) {
        List<String> words =
                new ArrayList<>(List.of(String.join(" ", workload.passages()).split("\\W+", 20_000)));
        words.removeIf(word -> word.length() < 2 || word.length() > 12);
        List<String> passages = IntStream.range(0, 4 * candidates)
                .mapToObj(seed -> {
                    Collections.shuffle(words, new Random(seed));
                    return cut(words, tokens);
                })
                .distinct()
                .toList();
        return new Workload(String.format(Locale.ROOT, "%d tokens", tokens), passages, List.of(QUERY), candidates, 0);
    }

    private String cut(List<String> words, int tokens) {
        StringBuilder text = new StringBuilder();
        int before = 0;
        for (String word : words) {
            int read = baseline.tokens(QUERY, text.toString());
            if (read >= tokens || read == before) {
                break;
            }
            before = read;
            text.append(word).append(' ');
        }
        return text.toString();
    }

    private static List<Integer> upTo(List<Integer> values, int most) {
        return values.stream().filter(value -> value <= most).toList();
    }
}
