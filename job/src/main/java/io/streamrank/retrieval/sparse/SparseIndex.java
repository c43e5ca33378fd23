// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import io.streamrank.retrieval.DistinctTopK;
import io.streamrank.retrieval.Nearest;
import io.streamrank.retrieval.Neighbor;
import io.streamrank.retrieval.sparse.Bm25.Weights;
import io.streamrank.state.TermStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the best documents of a collection by BM25. Scores and order depend on the documents alone, not on how they came or what was
 * removed: the statistics are exact, the terms of a query are added in its order, and equal scores are ordered by id. A document
 * without a term is not in the index. Not thread-safe.
 *
 * @param <D> what is kept of each document
 */
public final class SparseIndex<D> {
    /*
     * Documents are numbered as they come. One that is removed leaves a hole, which scoring passes over, and when a quarter of the
     * numbers are holes, all are numbered again. A term that no document has any more is forgotten at once.
     */
    private static final int LEAST_HOLES = 64;
    /** Of a term beside its postings: the entry, the text with 8 letters, and the list's own fields. */
    private static final int BYTES_A_TERM = 32 + 24 + 24 + 32 + 16;
    /** Of a document beside its terms: the entry by id with its number, the length, and two references. */
    private static final int BYTES_A_DOCUMENT = 32 + 16 + 8 + 4 + 8;

    private final Bm25 bm25;
    private final TermCounter terms;
    private final Function<? super D, String> textOf;
    private final Map<String, Postings> postings = new HashMap<>();
    private final Map<String, Integer> numberOf = new HashMap<>();
    private final List<@Nullable String> ids = new ArrayList<>(); // null for a hole
    private final List<@Nullable D> documents = new ArrayList<>();
    private int[] lengths = new int[0];
    private long totalLength;
    private long postingCount;
    private long postingBytes;
    private final ScoreSums sums = new ScoreSums();

    /**
     * Makes an empty index.
     *
     * @param textOf the text of a document, always the same; may be empty
     */
    public SparseIndex(Bm25 bm25, TermCounter terms, Function<? super D, String> textOf) {
        this.bm25 = bm25;
        this.terms = terms;
        this.textOf = textOf;
    }

    /** Returns the number of documents that have a term. */
    public int size() {
        return numberOf.size();
    }

    /** Returns the number of different terms. */
    public int terms() {
        return postings.size();
    }

    /** Returns the number of pairs of a document and one of its terms. */
    public long postings() {
        return postingCount;
    }

    /** Returns about how many bytes are held, what is kept of each document excepted. */
    public long bytes() {
        return postingBytes
                + (long) BYTES_A_TERM * postings.size()
                + (long) BYTES_A_DOCUMENT * ids.size()
                + sums.bytes();
    }

    /** Adds or replaces a document. */
    public void put(String id, D document) {
        remove(id);
        Map<String, Integer> counts = terms.count(textOf.apply(document));
        if (counts.isEmpty()) {
            return;
        }
        int number = ids.size();
        numberOf.put(id, number);
        ids.add(id);
        documents.add(document);
        if (number == lengths.length) {
            lengths = Arrays.copyOf(lengths, Math.max(16, number + number / 4));
        }
        lengths[number] = length(counts);
        totalLength += lengths[number];
        postingCount += counts.size();
        counts.forEach((term, frequency) -> {
            Postings list = postings.computeIfAbsent(term, added -> new Postings());
            int before = list.documents() == 0 ? 0 : list.bytes();
            list.add(number, frequency);
            postingBytes += list.bytes() - before;
        });
    }

    /** Removes a document, if it is there. */
    public void remove(String id) {
        Integer number = numberOf.remove(id);
        if (number == null) {
            return;
        }
        // The same text has the same terms, so the index need not keep which those are.
        Map<String, Integer> counts = terms.count(textOf.apply(document(number)));
        counts.keySet()
                .forEach(term -> postings.computeIfPresent(term, (same, list) -> {
                    list.countRemoved();
                    if (list.documents() > 0) {
                        return list;
                    }
                    postingBytes -= list.bytes();
                    return null;
                }));
        ids.set(number, null);
        documents.set(number, null);
        totalLength -= lengths[number];
        postingCount -= counts.size();
        int holes = ids.size() - numberOf.size();
        if (holes >= LEAST_HOLES && 4 * holes > ids.size()) {
            closeHoles();
        }
    }

    private void closeHoles() {
        int[] numbers = new int[ids.size()];
        int next = 0;
        for (int number = 0; number < numbers.length; number++) {
            String id = ids.get(number);
            numbers[number] = id == null ? -1 : next;
            if (id != null) {
                ids.set(next, id);
                documents.set(next, documents.get(number));
                lengths[next] = lengths[number];
                numberOf.put(id, next++);
            }
        }
        ids.subList(next, numbers.length).clear();
        documents.subList(next, numbers.length).clear();
        postings.replaceAll((term, list) -> list.renumbered(numbers));
        postingBytes = postings.values().stream().mapToLong(Postings::bytes).sum();
    }

    private static int length(Map<String, Integer> counts) {
        int length = 0;
        for (int count : counts.values()) {
            length += count;
        }
        return length;
    }

    /**
     * Returns the {@code k} best documents for the words of a query, best first; fewer if fewer have one of them, and none for a query of
     * stop words alone. Of documents with an equal key it finds only the best, and fills their places with others.
     *
     * @param filter what to consider; null for everything. Not asked about every document, and in no order
     * @param key what copies have in common; null for a document that has none. Not asked about every document
     */
    public Nearest<D> search(
            String query,
            int k,
            @Nullable Predicate<? super D> filter,
            Function<? super D, ? extends @Nullable Object> key) {
        Map<String, Integer> queryTerms = terms.count(query);
        return best(queryTerms, statistics(queryTerms), k, filter, key).nearest(this::document);
    }

    /**
     * Holds what one of several indexes found, with what it takes to score that anew by the statistics of all.
     *
     * @param best the best first, by this index's statistics
     * @param copies ids of documents that are not among them, as a better one is the same
     * @param leftOut at least the score of each match that is neither among the best nor a copy of one; 0 if there is none
     */
    public record Part<D>(List<Match<D>> best, List<String> copies, TermStatistics statistics, float leftOut) {}

    /**
     * Holds a document that was found.
     *
     * @param frequencies how often it has each term of the query
     * @param length how many terms it has
     */
    public record Match<D>(Neighbor<D> neighbor, int[] frequencies, int length) {}

    /**
     * Returns what {@link #search} does for an index that has a part of the documents. Of copies with different scores it finds the best by
     * its own statistics.
     */
    public Part<D> searchPart(
            String query,
            int k,
            @Nullable Predicate<? super D> filter,
            Function<? super D, ? extends @Nullable Object> key) {
        Map<String, Integer> queryTerms = terms.count(query);
        TermStatistics statistics = statistics(queryTerms);
        DistinctTopK best = best(queryTerms, statistics, k, filter, key);
        float leftOut = best.isFull() ? best.worstScore() : 0;
        Nearest<D> nearest = best.nearest(this::document);
        return new Part<>(
                nearest.neighbors().stream()
                        .map(found -> match(found, queryTerms.keySet()))
                        .toList(),
                nearest.copies(),
                statistics,
                leftOut);
    }

    private Match<D> match(Neighbor<D> found, Set<String> queryTerms) {
        Map<String, Integer> counts = terms.count(textOf.apply(found.document()));
        return new Match<>(
                found,
                queryTerms.stream()
                        .mapToInt(term -> counts.getOrDefault(term, 0))
                        .toArray(),
                length(counts));
    }

    private TermStatistics statistics(Map<String, Integer> queryTerms) {
        int[] withTerm =
                queryTerms.keySet().stream().mapToInt(this::documentsWith).toArray();
        int[] counts = queryTerms.values().stream().mapToInt(Integer::intValue).toArray();
        return new TermStatistics(size(), totalLength, counts, withTerm);
    }

    private int documentsWith(String term) {
        Postings list = postings.get(term);
        return list == null ? 0 : list.documents();
    }

    private void score(Map<String, Integer> queryTerms, TermStatistics statistics) {
        sums.reserve(ids.size());
        Weights weights = bm25.weights(statistics);
        int next = 0;
        for (String term : queryTerms.keySet()) {
            float weight = weights.terms()[next++];
            Postings list = postings.get(term);
            if (list != null) {
                list.visit((number, frequency) -> sums.add(number, weights.part(weight, frequency, lengths[number])));
            }
        }
    }

    private DistinctTopK best(
            Map<String, Integer> queryTerms,
            TermStatistics statistics,
            int k,
            @Nullable Predicate<? super D> filter,
            Function<? super D, ? extends @Nullable Object> key) {
        score(queryTerms, statistics);
        DistinctTopK best = new DistinctTopK(k, this::id, slot -> key.apply(document(slot)));
        for (int i = 0; i < sums.count(); i++) {
            int number = sums.number(i);
            float score = sums.sum(number);
            if (ids.get(number) != null
                    && best.wants(number, score)
                    && (filter == null || filter.test(document(number)))) {
                best.add(number, score);
            }
        }
        sums.clear();
        return best;
    }

    private String id(int number) {
        return Objects.requireNonNull(ids.get(number), "a hole is not found");
    }

    private D document(int number) {
        return Objects.requireNonNull(documents.get(number), "a hole is not found");
    }
}
