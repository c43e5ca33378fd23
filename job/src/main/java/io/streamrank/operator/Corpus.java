// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.event.Document;
import io.streamrank.event.Embedding;
import io.streamrank.retrieval.FlatIndex;
import io.streamrank.retrieval.Metadata;
import io.streamrank.retrieval.Neighbor;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.BroadcastState;
import org.jspecify.annotations.Nullable;

/**
 * One subtask's copy of the documents. The broadcast state is the truth; the indexes are made from it and never stored.
 * Applying the same updates in any order gives the same corpus.
 */
final class Corpus {
    /** What lies beside each vector: the document, and its metadata parsed once. */
    record Indexed(Document document, JsonNode metadata) {}

    private final BroadcastState<DocumentKey, CorpusEntry> state;
    private final long tombstoneRetentionMs;
    private final Map<String, FlatIndex<Indexed>> indexes = new HashMap<>();
    private int tombstones;

    /** Builds the indexes from what the state holds. */
    Corpus(BroadcastState<DocumentKey, CorpusEntry> state, long tombstoneRetentionMs) throws Exception {
        this.state = state;
        this.tombstoneRetentionMs = tombstoneRetentionMs;
        for (Map.Entry<DocumentKey, CorpusEntry> restored : state.entries()) {
            index(restored.getKey(), restored.getValue());
        }
    }

    void apply(CorpusUpdate update, long nowMs) throws Exception {
        CorpusEntry known = state.get(update.key());
        if (known != null && !update.version().isNewerThan(known.version())) {
            return;
        }
        CorpusEntry entry = new CorpusEntry(update.version(), update.document(), update.embedding(), nowMs);
        if (known != null && known.isTombstone()) {
            tombstones--;
        }
        state.put(update.key(), entry);
        index(update.key(), entry);
        if (entry.isTombstone()) {
            forgetOldTombstones(nowMs);
        }
    }

    private void index(DocumentKey key, CorpusEntry entry) {
        Document document = entry.document();
        Embedding embedding = entry.embedding();
        if (document == null || embedding == null) {
            tombstones++;
            FlatIndex<Indexed> index = indexes.get(key.collection());
            if (index != null) {
                index.remove(key.id());
            }
        } else {
            indexes.computeIfAbsent(key.collection(), name -> new FlatIndex<>(embedding.dimension()))
                    .put(key.id(), embedding.values(), new Indexed(document, Metadata.parse(document.metadata())));
        }
    }

    /** Sweeps only when deletes may have piled up, so that a delete costs constant time on average. */
    private void forgetOldTombstones(long nowMs) throws Exception {
        if (tombstones <= Math.max(1_000, documents())) {
            return;
        }
        Iterator<Map.Entry<DocumentKey, CorpusEntry>> entries = state.iterator();
        while (entries.hasNext()) {
            CorpusEntry entry = entries.next().getValue();
            if (entry.isTombstone() && nowMs - entry.appliedAtMs() > tombstoneRetentionMs) {
                entries.remove();
                tombstones--;
            }
        }
    }

    List<Neighbor<Indexed>> search(String collection, Embedding query, int k, @Nullable Predicate<JsonNode> filter) {
        FlatIndex<Indexed> index = indexes.get(collection);
        if (index == null) {
            return List.of();
        }
        return index.search(query.values(), k, filter == null ? null : indexed -> filter.test(indexed.metadata()));
    }

    int documents() {
        return indexes.values().stream().mapToInt(FlatIndex::size).sum();
    }

    /** Bytes of the vectors in the indexes; the state holds about as much again, and the texts. */
    long bytes() {
        return indexes.values().stream().mapToLong(FlatIndex::bytes).sum();
    }
}
