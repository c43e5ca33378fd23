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
import io.streamrank.retrieval.Neighbor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Measures how long a search takes in a corpus of one to eight shards, by the number of documents. All shards of a corpus are alike, so
 * one of each size is measured, as it would be on a machine of its own, and then the merging of as many lists as there are shards.
 */
public final class ShardSweep {
    private static final List<Integer> DOCUMENTS =
            List.of(100_000, 200_000, 400_000, 800_000, 1_000_000, 2_000_000, 4_000_000);
    private static final List<Integer> SHARDS = List.of(1, 2, 4, 8);
    private static final int NEIGHBOURS = 50;
    private static final int QUERIES = 20;
    private static final int TURNS = 3;
    private static final Comparator<Neighbor<Integer>> NEAREST_FIRST = Comparator.comparingDouble(
                    (Neighbor<Integer> found) -> -found.score())
            .thenComparing(Neighbor::id);

    private final Console console;
    private final List<Integer> documents;

    /**
     * Prepares a sweep.
     *
     * @param most documents of the largest corpus
     */
    public ShardSweep(Console console, int most) {
        this.console = console;
        this.documents = Stream.concat(DOCUMENTS.stream().filter(number -> number < most), Stream.of(most))
                .toList();
    }

    /** Returns the milliseconds of a search, the median over queries of the best of some turns. */
    public LineChart run() {
        NavigableSet<Integer> sizes = new TreeSet<>();
        documents.forEach(number -> SHARDS.forEach(shards -> sizes.add(sizeOfShard(number, shards))));
        ClusteredVectors vectors = new ClusteredVectors(2);
        ClusteredVectors asked = new ClusteredVectors(3);
        List<float[]> queries = Stream.generate(asked::next).limit(QUERIES).toList();
        FlatIndex<Integer> shard = new FlatIndex<>(ClusteredVectors.DIMENSION);
        var unused = FlatIndex.warmUp();
        Map<Integer, double[]> millis = new TreeMap<>();
        try (Progress progress = new Progress(console, "searching shards", " docs", 1, sizes.last())) {
            for (int size : sizes) {
                for (int i = shard.size(); i < size; i++) {
                    shard.put("d" + i, vectors.next(), i);
                    progress.to(i + 1L);
                }
                millis.put(size, millis(shard, queries));
            }
        }
        return new LineChart(
                "ms a search for " + NEIGHBOURS,
                "documents of " + ClusteredVectors.DIMENSION + " numbers",
                SHARDS.stream().map(shards -> line(shards, millis)).toList(),
                Axes.LOGARITHMIC);
    }

    private Series line(int shards, Map<Integer, double[]> millis) {
        return new Series(
                shards == 1 ? "1 shard" : shards + " shards",
                documents.stream()
                        .map(number -> new Point(
                                number,
                                Objects.requireNonNull(millis.get(sizeOfShard(number, shards)))[
                                        SHARDS.indexOf(shards)]))
                        .toList());
    }

    private static int sizeOfShard(int documents, int shards) {
        return (documents + shards - 1) / shards;
    }

    /** Returns how long a search of this shard takes together with the merging, by the number of shards. */
    private static double[] millis(FlatIndex<Integer> shard, List<float[]> queries) {
        double[][] best = new double[SHARDS.size()][queries.size()];
        for (double[] times : best) {
            Arrays.fill(times, Double.POSITIVE_INFINITY);
        }
        for (int turn = 0; turn < TURNS; turn++) {
            for (int query = 0; query < queries.size(); query++) {
                long started = System.nanoTime();
                List<Neighbor<Integer>> found = shard.search(queries.get(query), NEIGHBOURS, null);
                long searched = System.nanoTime() - started;
                for (int i = 0; i < best.length; i++) {
                    long merging = System.nanoTime();
                    List<Neighbor<Integer>> merged = merged(found, SHARDS.get(i));
                    long merge = merged.isEmpty() ? 0 : System.nanoTime() - merging;
                    best[i][query] = Math.min(best[i][query], (searched + merge) / 1e6);
                }
            }
        }
        return Arrays.stream(best)
                .mapToDouble(times -> StatUtils.percentile(times, 50))
                .toArray();
    }

    /** Merges as many lists as there are shards, all of the same kind. */
    private static List<Neighbor<Integer>> merged(List<Neighbor<Integer>> found, int shards) {
        List<Neighbor<Integer>> all = new ArrayList<>(shards * found.size());
        IntStream.range(0, shards).forEach(shard -> all.addAll(found));
        return all.stream().sorted(NEAREST_FIRST).limit(NEIGHBOURS).toList();
    }
}
