// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.search;

import io.streamrank.local.console.Console;
import io.streamrank.local.console.Progress;
import io.streamrank.report.LineChart;
import io.streamrank.report.LineChart.Axes;
import io.streamrank.report.LineChart.Point;
import io.streamrank.report.LineChart.Series;
import io.streamrank.retrieval.FlatIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Measures how the cost of a search grows with the corpus: ours, which is exact, reading the same bytes once, and
 * Lucene, exact and by its graph. All take turns over the same vectors. Exact search of many documents uses all cores, the others one.
 */
public final class SearchSweep {
    private static final List<Integer> DOCUMENTS =
            List.of(1_000, 5_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000);
    private static final int NEIGHBOURS = 50;
    /** How many the graph keeps in sight: as few as can be, and enough for a recall that users would want. */
    private static final List<Integer> BEAMS = List.of(NEIGHBOURS, 200);

    private static final int QUERIES = 30;
    private static final int TURNS = 3;
    /** With the first corpus, for the compiler's sake. */
    private static final int WARM_UP_TURNS = 10;

    private static final String BY = "documents of 384 numbers";

    private final Console console;
    private final int most;
    /** What it took to build each index so far; that of the graph with all merges. */
    private long flatNanos;

    private long graphNanos;
    /** Lets no search be left out because nobody looks at what it finds. */
    volatile Object sink = "";

    /**
     * Prepares a sweep.
     *
     * @param most documents
     */
    public SearchSweep(Console console, int most) {
        this.console = console;
        this.most = most;
    }

    /** One way to search. */
    private interface Search {
        /** Returns anything that depends on the whole search. */
        Object run(float[] query) throws IOException;
    }

    public List<LineChart> run() throws IOException {
        ClusteredVectors vectors = new ClusteredVectors(2);
        ClusteredVectors asked = new ClusteredVectors(3);
        List<float[]> queries = Stream.generate(asked::next).limit(QUERIES).toList();
        FlatIndex<Integer> index = new FlatIndex<>(ClusteredVectors.DIMENSION);
        MemoryScan bytes = new MemoryScan();
        Map<String, List<Point>> times = new LinkedHashMap<>();
        Map<String, List<Point>> recalls = new LinkedHashMap<>();
        Map<String, List<Point>> builds = new LinkedHashMap<>();
        try (LuceneVectors lucene = new LuceneVectors()) {
            for (int documents : sizes()) {
                fill(index, lucene, vectors, documents);
                bytes.growTo(index.bytes());
                long merging = System.nanoTime();
                try (LuceneVectors.Searcher searcher = lucene.searcher()) {
                    graphNanos += System.nanoTime() - merging;
                    add(builds, "StreamRank, exact", documents, flatNanos / 1e9);
                    add(builds, "Lucene's graph", documents, graphNanos / 1e9);
                    int turns = times.isEmpty() ? WARM_UP_TURNS + TURNS : TURNS;
                    milliseconds(searches(index, bytes, searcher), queries, turns)
                            .forEach((name, ms) -> add(times, name, documents, ms));
                    for (int beam : BEAMS) {
                        add(recalls, graph(beam), documents, searcher.recall(queries, NEIGHBOURS, beam));
                    }
                }
            }
        }
        return List.of(
                new LineChart("ms a search for " + NEIGHBOURS, BY, lines(times), Axes.LOGARITHMIC),
                new LineChart("recall@" + NEIGHBOURS + " of the graph", BY, lines(recalls), Axes.LOGARITHMIC_X),
                new LineChart("s to build the index", BY, lines(builds), Axes.LOGARITHMIC));
    }

    private List<Integer> sizes() {
        List<Integer> sizes =
                DOCUMENTS.stream().filter(documents -> documents <= most).toList();
        return sizes.isEmpty() ? List.of(most) : sizes;
    }

    /** The graph takes minutes where there are many. */
    private void fill(FlatIndex<Integer> index, LuceneVectors lucene, ClusteredVectors vectors, int documents)
            throws IOException {
        String task = "indexing up to " + documents;
        try (Progress progress = new Progress(console, task, " docs", 1, documents)) {
            for (int i = index.size(); i < documents; i++) {
                float[] vector = vectors.next();
                long started = System.nanoTime();
                index.put("d" + i, vector, i);
                long put = System.nanoTime();
                lucene.add(vector);
                flatNanos += put - started;
                graphNanos += System.nanoTime() - put;
                progress.to(i + 1L);
            }
        }
        console.status("merging Lucene's graph …");
    }

    private static Map<String, Search> searches(
            FlatIndex<Integer> index, MemoryScan bytes, LuceneVectors.Searcher lucene) {
        Map<String, Search> searches = new LinkedHashMap<>();
        searches.put("StreamRank, exact", query -> index.search(query, NEIGHBOURS, null));
        searches.put("reading the same bytes", query -> bytes.read());
        searches.put("Lucene, exact", query -> lucene.flat(query, NEIGHBOURS));
        for (int beam : BEAMS) {
            searches.put(graph(beam), query -> lucene.graph(query, NEIGHBOURS, beam));
        }
        return searches;
    }

    private static String graph(int beam) {
        return "Lucene's graph, " + beam + " in sight";
    }

    /**
     * For each the median over the queries of the best of a few turns, since what others do on the machine only adds.
     */
    private Map<String, Double> milliseconds(Map<String, Search> searches, List<float[]> queries, int turns)
            throws IOException {
        Map<String, double[]> best = new LinkedHashMap<>();
        for (int turn = 0; turn < turns; turn++) {
            for (Map.Entry<String, Search> search : searches.entrySet()) {
                double[] times = best.computeIfAbsent(search.getKey(), name -> new double[queries.size()]);
                for (int i = 0; i < queries.size(); i++) {
                    long started = System.nanoTime();
                    sink = search.getValue().run(queries.get(i));
                    double ms = (System.nanoTime() - started) / 1e6;
                    times[i] = turn == 0 ? ms : Math.min(times[i], ms);
                }
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        best.forEach((name, times) -> medians.put(name, StatUtils.percentile(times, 50)));
        return medians;
    }

    private static void add(Map<String, List<Point>> lines, String name, int documents, double value) {
        lines.computeIfAbsent(name, first -> new ArrayList<>()).add(new Point(documents, value));
    }

    private static List<Series> lines(Map<String, List<Point>> lines) {
        return lines.entrySet().stream()
                .map(line -> new Series(line.getKey(), line.getValue()))
                .toList();
    }
}
