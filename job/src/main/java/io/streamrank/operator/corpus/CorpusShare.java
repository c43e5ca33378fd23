// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.DocumentKey;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.flink.util.MathUtils;
import org.jspecify.annotations.Nullable;

/**
 * Lists the part of the corpus that one of several subtasks writes to checkpoints. It is a list without gaps, so that a checkpoint
 * copies it at once: queries wait meanwhile. Not thread-safe.
 */
final class CorpusShare {
    /** How many documents a checkpoint writes together, since it notes the place of each part. */
    static final int CHUNK = 1_000;

    private final int subtask;
    private final int subtasks;
    private final Tombstones tombstones;
    private final List<CorpusRecord> records = new ArrayList<>();
    private final Map<DocumentKey, Integer> places = new HashMap<>();

    CorpusShare(int subtask, int subtasks, long tombstoneRetentionMs) {
        this.subtask = subtask;
        this.subtasks = subtasks;
        this.tombstones = new Tombstones(tombstoneRetentionMs, Tombstones.LEAST / subtasks);
    }

    /** Returns whether a document belongs to this share. It belongs to just one, in whatever process that is asked. */
    boolean owns(DocumentKey key) {
        int hash = 31 * key.collection().hashCode() + key.id().hashCode();
        return MathUtils.murmurHash(hash) % subtasks == subtask;
    }

    private @Nullable CorpusEntry get(DocumentKey key) {
        Integer place = places.get(key);
        return place == null ? null : records.get(place).entry();
    }

    /** Takes a document or a delete in place of what was known. */
    void put(DocumentKey key, CorpusEntry entry) {
        if (entry.isTombstone() && !entry.equals(get(key))) {
            tombstones.add(key, entry);
        }
        Integer place = places.putIfAbsent(key, records.size());
        if (place == null) {
            records.add(new CorpusRecord(key, entry));
        } else {
            records.set(place, new CorpusRecord(records.get(place).key(), entry));
        }
    }

    /**
     * Forgets the deletes that are too old or too many.
     *
     * @param documents says how many there are in the whole corpus
     */
    void forgetExpired(long nowMs, IntSupplier documents) {
        tombstones.removeExpired(nowMs, () -> documents.getAsInt() / subtasks, this::get, this::remove);
    }

    /** Removes what is known of a document. The last of the list takes its place. */
    private void remove(DocumentKey key) {
        Integer place = places.remove(key);
        if (place == null) {
            return;
        }
        CorpusRecord last = records.remove(records.size() - 1);
        if (place < records.size()) {
            records.set(place, last);
            places.put(last.key(), place);
        }
    }

    /** Returns the documents and deletes in parts of at most {@value #CHUNK}, as they are now. */
    List<List<CorpusRecord>> chunks() {
        List<List<CorpusRecord>> chunks = new ArrayList<>(records.size() / CHUNK + 1);
        for (int from = 0; from < records.size(); from += CHUNK) {
            chunks.add(new ArrayList<>(records.subList(from, Math.min(from + CHUNK, records.size()))));
        }
        return chunks;
    }
}
