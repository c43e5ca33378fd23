// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.Document;
import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import io.streamrank.event.Retrieval;
import io.streamrank.event.Retrieval.SparseMatch;
import io.streamrank.operator.corpus.FilterCache.ParsedFilter;
import io.streamrank.retrieval.FilterNames;
import io.streamrank.retrieval.FlatIndex;
import io.streamrank.retrieval.IndexedDocument;
import io.streamrank.retrieval.Nearest;
import io.streamrank.retrieval.Neighbor;
import io.streamrank.retrieval.RankFusion;
import io.streamrank.retrieval.RankFusion.Fused;
import io.streamrank.retrieval.sparse.SparseIndex;
import io.streamrank.state.Candidate;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.QuantizedVector;
import io.streamrank.state.TextTemplate;
import java.util.ArrayList;
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
    /** Holds the candidates of a query, the best first, and what is to be said about the search. */
    record Found(List<Candidate> candidates, Remarks remarks) {}

    /** Holds the candidates, and how many documents were left out for an equal candidate. */
    private record Chosen(List<Candidate> candidates, int copies) {}

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

    private IndexedDocument indexed(CorpusEntry entry) {
        return IndexedDocument.of(entry.unpacked(collection, null));
    }

    /**
     * Returns as many of the best documents as the query asks for, of copies only the best.
     *
     * @param embedding null if the query could not be embedded: it is then answered from its words
     */
    Found search(Query query, @Nullable Embedding embedding, @Nullable ParsedFilter filter) {
        Search search = new Search(
                query,
                filter == null ? null : entry -> filter.predicate().test(indexed(entry)),
                distinctText == null ? null : distinctText.orFields(query.rankFields()));
        Chosen chosen = chosen(search, embedding == null ? null : embedding.values());
        List<String> missing = filter == null ? List.of() : names.missing(filter.paths());
        return new Found(chosen.candidates(), Remarks.ofSearch(chosen.copies(), missing));
    }

    private Chosen chosen(Search search, float @Nullable [] vector) {
        if (words == null) {
            return vector == null ? new Chosen(List.of(), 0) : dense(search, vector);
        }
        if (vector == null) {
            return sparse(search, words, null);
        }
        return switch (search.query().retrieval()) {
            case DENSE -> dense(search, vector);
            case SPARSE -> sparse(search, words, vector);
            case HYBRID -> hybrid(search, words, vector);
        };
    }

    private Chosen dense(Search search, float[] vector) {
        Nearest<CorpusEntry> nearest = nearest(search, vector);
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
                best.neighbors().stream()
                        .map(found -> candidate(
                                found,
                                new Retrieval(
                                        found.rank(),
                                        vector == null ? null : (double) vectors.similarity(vector, found.id()),
                                        null,
                                        match(found))))
                        .toList(),
                best.copies().size());
    }

    /** Fuses as many of either list as the query asks for, and takes as many of those. */
    private Chosen hybrid(Search search, SparseIndex<CorpusEntry> inverted, float[] vector) {
        Nearest<CorpusEntry> nearest = nearest(search, vector);
        Nearest<CorpusEntry> best = best(search, inverted);
        Set<String> copies = new HashSet<>(nearest.copies());
        copies.addAll(best.copies());
        Set<Object> keys = new HashSet<>();
        List<Candidate> candidates = new ArrayList<>();
        for (Fused<CorpusEntry> fused : RankFusion.fuse(nearest.neighbors(), best.neighbors())) {
            if (candidates.size() == search.candidates()) {
                break;
            }
            // The lists may have chosen different ones of equal documents, if other fields make the texts that they
            // read.
            Object key = search.key(fused.document());
            if (key != null && !keys.add(key)) {
                copies.add(fused.id());
                continue;
            }
            copies.remove(fused.id());
            candidates.add(candidate(fused.id(), fused.document(), retrieval(candidates.size(), fused, vector)));
        }
        return new Chosen(candidates, copies.size());
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
