// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.Document;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import io.streamrank.operator.corpus.CollectionIndex.Found;
import io.streamrank.operator.corpus.FilterCache.ParsedFilter;
import io.streamrank.operator.corpus.Tombstones.Tombstone;
import io.streamrank.retrieval.IndexedDocument;
import io.streamrank.retrieval.sparse.SparseIndex;
import io.streamrank.retrieval.sparse.TermCounter;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.TextTemplate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.state.BroadcastState;
import org.jspecify.annotations.Nullable;

/**
 * Holds one subtask's copy of the documents. The broadcast state is the truth; the indexes are made from it and never stored.
 * Applying the same updates in any order gives the same corpus.
 */
final class Corpus implements AutoCloseable {
    private final BroadcastState<DocumentKey, CorpusEntry> state;
    private final Tombstones tombstones;
    private final Map<String, CollectionIndex> indexes = new HashMap<>();
    private final SparseConfig sparse;
    private final TermCounter terms;
    private final @Nullable TextTemplate distinctText;
    private int documents;

    /**
     * Builds the indexes from what the state holds.
     *
     * @param distinctText what documents with the same text have in common; null to find copies, too
     */
    Corpus(
            BroadcastState<DocumentKey, CorpusEntry> state,
            long tombstoneRetentionMs,
            SparseConfig sparse,
            @Nullable TextTemplate distinctText)
            throws Exception {
        this.state = state;
        this.sparse = sparse;
        this.terms = new TermCounter(sparse.language());
        this.distinctText = distinctText;
        List<Tombstone> restoredTombstones = new ArrayList<>();
        for (Map.Entry<DocumentKey, CorpusEntry> entry : state.entries()) {
            index(entry.getKey(), entry.getValue());
            if (entry.getValue().isTombstone()) {
                restoredTombstones.add(
                        new Tombstone(entry.getKey(), entry.getValue().appliedAtMs()));
            }
        }
        tombstones = new Tombstones(tombstoneRetentionMs, restoredTombstones);
    }

    /** Puts the update into state and index, unless a newer version of the document is known. */
    void apply(CorpusUpdate update, long nowMs) throws Exception {
        CorpusEntry known = state.get(update.key());
        if (known != null && !update.version().isNewerThan(known.version())) {
            return;
        }
        CorpusEntry entry = new CorpusEntry(update.version(), update.document(), update.embedding(), nowMs);
        state.put(update.key(), entry);
        index(update.key(), entry);
        if (entry.isTombstone()) {
            tombstones.add(new Tombstone(update.key(), nowMs));
            removeExpiredTombstones(nowMs);
        }
    }

    private void index(DocumentKey key, CorpusEntry entry) {
        Document document = entry.document();
        Embedding embedding = entry.embedding();
        if (document == null || embedding == null) {
            CollectionIndex index = indexes.get(key.collection());
            if (index != null) {
                documents -= index.size();
                index.remove(key.id());
                documents += index.size();
                if (index.size() == 0) {
                    indexes.remove(key.collection());
                }
            }
        } else {
            CollectionIndex index = indexes.computeIfAbsent(
                    key.collection(), name -> new CollectionIndex(embedding.dimension(), words(), distinctText));
            documents -= index.size();
            index.put(key.id(), embedding, document);
            documents += index.size();
        }
    }

    private SparseIndex<IndexedDocument> words() {
        return new SparseIndex<>(sparse.bm25(), terms, indexed -> sparse.text().textOf(indexed.document()));
    }

    private void removeExpiredTombstones(long nowMs) throws Exception {
        Tombstone old;
        while ((old = tombstones.pollExpired(nowMs, documents)) != null) {
            CorpusEntry entry = state.get(old.key());
            // The document may have been written or deleted again since.
            if (entry != null && entry.isTombstone() && entry.appliedAtMs() == old.appliedAtMs()) {
                state.remove(old.key());
            }
        }
    }

    /**
     * Returns the candidates of a query: the best documents of its collection that pass the filter.
     *
     * @param embedding null if the query could not be embedded
     */
    Found search(Query query, @Nullable Embedding embedding, @Nullable ParsedFilter filter) {
        CollectionIndex index = indexes.get(query.collection());
        return index == null
                ? new Found(List.of(), Remarks.ofMissingCollection(query.collection()))
                : index.search(query, embedding, filter);
    }

    int documents() {
        return documents;
    }

    /** Returns the bytes of the vectors in the indexes; the state holds about as much again, and the texts. */
    long bytes() {
        return indexes.values().stream().mapToLong(CollectionIndex::bytes).sum();
    }

    /** Returns a figure of the inverted indexes, summed over the collections. */
    long sparse(ToLongFunction<SparseIndex<?>> figure) {
        return indexes.values().stream()
                .mapToLong(index -> figure.applyAsLong(index.words()))
                .sum();
    }

    @Override
    public void close() {
        terms.close();
    }
}
