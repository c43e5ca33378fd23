// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.Document;
import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import io.streamrank.event.Retrieval;
import io.streamrank.event.Retrieval.SparseMatch;
import io.streamrank.event.RetrievalMode;
import io.streamrank.operator.corpus.FilterCache.ParsedFilter;
import io.streamrank.operator.corpus.HybridCandidates.Chosen;
import io.streamrank.retrieval.FilterNames;
import io.streamrank.retrieval.FilterableDocument;
import io.streamrank.retrieval.FlatIndex;
import io.streamrank.retrieval.Nearest;
import io.streamrank.retrieval.Neighbor;
import io.streamrank.retrieval.RankFusion.Fused;
import io.streamrank.retrieval.sparse.SparseIndex;
import io.streamrank.state.Candidate;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.QuantizedVector;
import io.streamrank.state.SparseMatches;
import io.streamrank.state.TextTemplate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the documents of one collection: by their vectors, by their words, and with the names that filters can find in them. Any
 * number of threads may search at the same time, and none while another one changes the index.
 */
final class CollectionIndex {
    /**
     * Holds the candidates of a query, the best first, and what is to be said about the search.
     *
     * @param sparse what a part of a corpus found by the query's words; its candidates are then those by vectors. Null for a corpus that
     *     is whole, or for a query that does not ask for it
     */
    record Found(List<Candidate> candidates, @Nullable SparseMatches sparse, Remarks remarks) {
        Found(List<Candidate> candidates, Remarks remarks) {
            this(candidates, null, remarks);
        }
    }

    /**
     * Holds what the lists of a query have in common.
     *
     * @param filter null for everything
     * @param text what documents with the same text have in common; null to find copies, too
     */
    private record Search(
            Query query,
            @Nullable Predicate<CorpusEntry> filter,
            @Nullable TextTemplate text) {
        int candidates() {
            return query.candidates();
        }

        /** Returns what copies have in common. Of documents without a text nobody can tell that they are the same. */
        @Nullable
        String key(CorpusEntry entry) {
            return text == null ? null : keyOf(entry.unpacked(query.collection(), null), text);
        }
    }

    /** How many more of its best by words a part offers, since all documents together may order them in another way. */
    private static final int SPARSE_MARGIN = 16;

    private final String collection;
    private final FlatIndex<CorpusEntry> vectors;
    private final @Nullable SparseIndex<CorpusEntry> words;
    private final FilterNames names = new FilterNames();
    private final @Nullable TextTemplate distinctText;

    /**
     * @param words null to find documents by their vectors alone
     * @param distinctText what documents with the same text have in common; null to find copies, too
     */
    CollectionIndex(
            String collection,
            int dimension,
            @Nullable SparseIndex<CorpusEntry> words,
            @Nullable TextTemplate distinctText) {
        this.collection = collection;
        this.vectors = new FlatIndex<>(dimension);
        this.words = words;
        this.distinctText = distinctText;
    }

    /** Returns what copies of the document have in common with it; null if it has no text. */
    static @Nullable String keyOf(Document document, TextTemplate text) {
        String read = text.textOf(document);
        return read.isEmpty() ? null : read;
    }

    int size() {
        return vectors.size();
    }

    long bytes() {
        return vectors.bytes();
    }

    @Nullable
    SparseIndex<CorpusEntry> words() {
        return words;
    }

    /** Returns what is known of a document; null if it is not there. */
    @Nullable
    CorpusEntry get(String id) {
        return vectors.get(id);
    }

    /** Adds or replaces a document. The entry has one. */
    void put(String id, QuantizedVector vector, CorpusEntry entry) {
        removeNames(id);
        vectors.put(id, vector, entry);
        if (words != null) {
            words.put(id, entry);
        }
        names.add(indexed(entry));
    }

    void remove(String id) {
        removeNames(id);
        vectors.remove(id);
        if (words != null) {
            words.remove(id);
        }
    }

    private void removeNames(String id) {
        CorpusEntry known = vectors.get(id);
        if (known != null) {
            names.remove(indexed(known));
        }
    }

    private FilterableDocument indexed(CorpusEntry entry) {
        return FilterableDocument.of(entry.unpacked(collection, null));
    }

    /**
     * Returns as many of the best documents as the query asks for, of copies only the best.
     *
     * @param embedding null if the query could not be embedded: it is then answered from its words
     */
    Found search(Query query, @Nullable Embedding embedding, @Nullable ParsedFilter filter) {
        Chosen chosen = chosen(search(query, filter), embedding == null ? null : embedding.values());
        return new Found(chosen.candidates(), Remarks.ofSearch(chosen.copies(), missing(filter)));
    }

    /** Returns what {@link #search} needs of a part of the collection: its best by each list that the query asks for. */
    Found searchPart(Query query, @Nullable Embedding embedding, @Nullable ParsedFilter filter) {
        Search search = search(query, filter);
        float[] vector = embedding == null ? null : embedding.values();
        boolean byVectors = vector != null && (words == null || query.retrieval() != RetrievalMode.SPARSE);
        Nearest<CorpusEntry> nearest =
                vector == null || !byVectors ? new Nearest<>(List.of(), List.of()) : nearest(search, vector);
        Chosen dense = dense(nearest);
        if (words == null || (byVectors && query.retrieval() == RetrievalMode.DENSE)) {
            return new Found(dense.candidates(), Remarks.ofSearch(dense.copies(), missing(filter)));
        }
        SparseIndex.Part<CorpusEntry> best = bestOfPart(search, words);
        SparseMatches sparse = new SparseMatches(
                best.best().stream()
                        .map(match -> new SparseMatches.Match(
                                sparse(match.neighbor(), vector), match.frequencies(), match.length()))
                        .toList(),
                best.statistics(),
                best.leftOut());
        Set<String> copies = new HashSet<>(nearest.copies());
        copies.addAll(best.copies());
        // What one list left out may be in the other.
        nearest.neighbors().forEach(found -> copies.remove(found.id()));
        best.best().forEach(match -> copies.remove(match.neighbor().id()));
        return new Found(dense.candidates(), sparse, Remarks.ofSearch(copies.size(), missing(filter)));
    }

    private Search search(Query query, @Nullable ParsedFilter filter) {
        return new Search(
                query,
                filter == null ? null : entry -> filter.predicate().test(indexed(entry)),
                distinctText == null ? null : distinctText.orFields(query.rankFields()));
    }

    private List<String> missing(@Nullable ParsedFilter filter) {
        return filter == null ? List.of() : names.missing(filter.paths());
    }

    private Chosen chosen(Search search, float @Nullable [] vector) {
        if (words == null) {
            return vector == null ? new Chosen(List.of(), 0) : dense(nearest(search, vector));
        }
        if (vector == null) {
            return sparse(search, words, null);
        }
        return switch (search.query().retrieval()) {
            case DENSE -> dense(nearest(search, vector));
            case SPARSE -> sparse(search, words, vector);
            case HYBRID -> hybrid(search, words, vector);
        };
    }

    private Chosen dense(Nearest<CorpusEntry> nearest) {
        return new Chosen(
                nearest.neighbors().stream()
                        .map(found -> candidate(found, new Retrieval(found.rank(), found.score())))
                        .toList(),
                nearest.copies().size());
    }

    /** @param vector null for a query that has none, whose candidates then have no cosine */
    private Chosen sparse(Search search, SparseIndex<CorpusEntry> inverted, float @Nullable [] vector) {
        Nearest<CorpusEntry> best = best(search, inverted);
        return new Chosen(
                best.neighbors().stream().map(found -> sparse(found, vector)).toList(),
                best.copies().size());
    }

    private Candidate sparse(Neighbor<CorpusEntry> found, float @Nullable [] vector) {
        Double cosine = vector == null ? null : (double) vectors.similarity(vector, found.id());
        return candidate(found, new Retrieval(found.rank(), cosine, null, match(found)));
    }

    /** Fuses as many of either list as the query asks for, and takes as many of those. */
    private Chosen hybrid(Search search, SparseIndex<CorpusEntry> inverted, float[] vector) {
        return HybridCandidates.choose(
                nearest(search, vector),
                best(search, inverted),
                search.candidates(),
                search::key,
                (rank, fused) -> candidate(fused.id(), fused.document(), retrieval(rank, fused, vector)));
    }

    private Retrieval retrieval(int rank, Fused<CorpusEntry> fused, float[] vector) {
        Neighbor<CorpusEntry> dense = fused.dense();
        Neighbor<CorpusEntry> sparse = fused.sparse();
        return new Retrieval(
                rank,
                (double) (dense == null ? vectors.similarity(vector, fused.id()) : dense.score()),
                dense == null ? null : (Integer) dense.rank(),
                sparse == null ? null : match(sparse));
    }

    private Nearest<CorpusEntry> nearest(Search search, float[] vector) {
        return vectors.search(vector, search.candidates(), search.filter(), search::key);
    }

    private static Nearest<CorpusEntry> best(Search search, SparseIndex<CorpusEntry> inverted) {
        synchronized (inverted) { // searches share the sums of scores
            return inverted.search(search.query().text(), search.candidates(), search.filter(), search::key);
        }
    }

    private static SparseIndex.Part<CorpusEntry> bestOfPart(Search search, SparseIndex<CorpusEntry> inverted) {
        synchronized (inverted) {
            return inverted.searchPart(
                    search.query().text(), search.candidates() + SPARSE_MARGIN, search.filter(), search::key);
        }
    }

    private Candidate candidate(Neighbor<CorpusEntry> found, Retrieval retrieval) {
        return candidate(found.id(), found.document(), retrieval);
    }

    private Candidate candidate(String id, CorpusEntry entry, Retrieval retrieval) {
        return new Candidate(entry.unpacked(collection, id), retrieval);
    }

    private static SparseMatch match(Neighbor<CorpusEntry> found) {
        return new SparseMatch(found.rank(), found.score());
    }
}
