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
    private final List<CorpusRecord> records = new ArrayList<>();
    private final Map<DocumentKey, Integer> places = new HashMap<>();

    CorpusShare(int subtask, int subtasks) {
        this.subtask = subtask;
        this.subtasks = subtasks;
    }

    /** Returns whether a document belongs to this share. It belongs to just one, in whatever process that is asked. */
    boolean has(DocumentKey key) {
        int hash = 31 * key.collection().hashCode() + key.id().hashCode();
        return MathUtils.murmurHash(hash) % subtasks == subtask;
    }

    @Nullable
    CorpusEntry get(DocumentKey key) {
        Integer place = places.get(key);
        return place == null ? null : records.get(place).entry();
    }

    void put(DocumentKey key, CorpusEntry entry) {
        CorpusRecord record = new CorpusRecord(key, entry);
        Integer place = places.putIfAbsent(key, records.size());
        if (place == null) {
            records.add(record);
        } else {
            records.set(place, record);
        }
    }

    /** Removes what is known of a document. The last of the list takes its place. */
    void remove(DocumentKey key) {
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
