// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.workload;

import io.streamrank.evaluation.BeirFiles;
import io.streamrank.evaluation.Passage;
import io.streamrank.event.BlankText;
import io.streamrank.local.console.InputException;
import io.streamrank.local.corpus.ConfigurationOption;
import io.streamrank.local.corpus.ConfigurationReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Gives an endless list of requests, the same in every run: queries in turn, each with passages taken at random, so
 * that their lengths are mixed as the corpus has them.
 *
 * @param candidates passages of a request, at most as many as there are
 * @param zipf exponent by which queries repeat, each with its own passages: 0 for never, 1 as users do
 */
public record Workload(String name, List<String> passages, List<String> queries, int candidates, double zipf) {
    private static final int QUERY_WORDS = 12;
    /** Different queries among those that repeat. */
    private static final int POPULAR = 1_000;

    public Workload {
        passages = List.copyOf(passages);
        queries = List.copyOf(queries);
        if (queries.isEmpty()) {
            throw new InputException("queries.jsonl of " + name + " holds nothing to benchmark with");
        }
        if (passages.size() < candidates) {
            throw new InputException("--candidates must be at most the number of different passages in " + name + ", "
                    + passages.size() + ": " + candidates);
        }
    }

    /** Reads the configuration references of Flink and Kafka; what is asked is the beginning of a description. */
    public static Workload demo(int candidates, double zipf) {
        Set<String> passages = new LinkedHashSet<>();
        List<String> queries = new ArrayList<>();
        for (ConfigurationOption option : ConfigurationReference.read()) {
            passages.add(option.title() + "\n" + option.description());
            queries.add(beginning(option.description()));
        }
        Collections.shuffle(queries, new Random(1));
        return new Workload("demo", List.copyOf(passages), queries, candidates, zipf);
    }

    /** Reads a directory in BEIR's layout: corpus.jsonl and queries.jsonl. */
    public static Workload of(Path directory, int candidates, double zipf) throws IOException, InterruptedException {
        Stream<String> passages = BeirFiles.corpus(directory).values().stream().map(Passage::content);
        Stream<String> queries = BeirFiles.queries(directory).values().stream();
        return new Workload(BeirFiles.name(directory), distinct(passages), distinct(queries), candidates, zipf);
    }

    /** Leaves out what is blank, as the job refuses it. */
    private static List<String> distinct(Stream<String> texts) {
        return texts.filter(text -> !BlankText.isBlank(text)).distinct().toList();
    }

    /**
     * Returns a workload with so many candidates; where passages are too few, made-up ones join them: the same with a
     * number before them.
     */
    public Workload withCandidates(int number) {
        List<String> enough = new ArrayList<>(passages);
        for (int i = 0; enough.size() < number; i++) {
            enough.add((1 + i / passages.size()) + " " + passages.get(i % passages.size()));
        }
        return new Workload(name, enough, queries, number, zipf);
    }

    /** Returns a workload with no more passages than that, where it is enough that everything runs. */
    public Workload upTo(int most) {
        return new Workload(name, passages.subList(0, Math.min(most, passages.size())), queries, candidates, zipf);
    }

    /** Returns the query of a request. */
    String query(long index) {
        return queries.get((int) Math.floorMod(which(index), (long) queries.size()));
    }

    /** Returns the requests {@code from} to {@code from + count - 1}. */
    public List<RerankRequest> requests(long from, int count) {
        return LongStream.range(from, from + count).mapToObj(this::request).toList();
    }

    private RerankRequest request(long index) {
        SplittableRandom random = new SplittableRandom(~which(index));
        Set<Integer> chosen = new LinkedHashSet<>();
        while (chosen.size() < candidates) {
            chosen.add(random.nextInt(passages.size()));
        }
        return new RerankRequest(
                query(index), chosen.stream().map(passages::get).toList());
    }

    private long which(long index) {
        return zipf == 0 ? index : popular(new SplittableRandom(index).nextDouble());
    }

    /** The rank that a query has whose share of all requests reaches that far. */
    private int popular(double share) {
        double total = IntStream.rangeClosed(1, POPULAR)
                .mapToDouble(rank -> Math.pow(rank, -zipf))
                .sum();
        double reached = 0;
        for (int rank = 1; rank < POPULAR; rank++) {
            reached += Math.pow(rank, -zipf) / total;
            if (reached >= share) {
                return rank - 1;
            }
        }
        return POPULAR - 1;
    }

    private static String beginning(String text) {
        String[] words = text.split("\\s+", QUERY_WORDS + 1);
        return String.join(" ", List.of(words).subList(0, Math.min(QUERY_WORDS, words.length)));
    }
}
