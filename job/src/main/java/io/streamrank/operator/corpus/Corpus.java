// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.DocumentKey;
import io.streamrank.operator.corpus.Tombstones.Tombstone;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.BroadcastState;

/**
 * Keeps one subtask's documents in its broadcast state, which is the truth, and offers them to the index that the process shares. The
 * state and the index hold the same objects, so that there is one copy of them in a process. Applying the same updates in any order
 * gives the same corpus. Not thread-safe.
 */
final class Corpus {
    private final BroadcastState<DocumentKey, CorpusEntry> state;
    private final Tombstones tombstones;
    private final CorpusIndex index;

    /** Puts what the state holds into the index. */
    Corpus(BroadcastState<DocumentKey, CorpusEntry> state, long tombstoneRetentionMs, CorpusIndex index)
            throws Exception {
        this.state = state;
        this.index = index;
        List<Tombstone> restoredTombstones = new ArrayList<>();
        for (Map.Entry<DocumentKey, CorpusEntry> restored : state.entries()) {
            CorpusEntry entry = index.newest(restored.getKey(), restored.getValue());
            restored.setValue(entry); // another subtask's object, if that was first
            if (entry.isTombstone()) {
                restoredTombstones.add(new Tombstone(restored.getKey(), entry.appliedAtMs()));
            }
        }
        tombstones = new Tombstones(tombstoneRetentionMs, restoredTombstones);
    }

    /** Puts the update into state and index, unless a newer version of the document is known. */
    void apply(CorpusUpdate update, long nowMs) throws Exception {
        if (!update.isNewerThan(state.get(update.key()))) {
            return;
        }
        CorpusEntry entry = index.newest(update.key(), update.appliedAt(nowMs));
        state.put(update.key(), entry);
        if (entry.isTombstone()) {
            tombstones.add(new Tombstone(update.key(), entry.appliedAtMs()));
            removeExpiredTombstones(nowMs);
        }
    }

    private void removeExpiredTombstones(long nowMs) throws Exception {
        Tombstone old;
        while ((old = tombstones.pollExpired(nowMs, index.documents())) != null) {
            CorpusEntry entry = state.get(old.key());
            // The document may have been written or deleted again since.
            if (entry != null && entry.isTombstone() && entry.appliedAtMs() == old.appliedAtMs()) {
                state.remove(old.key());
                index.forget(old.key(), entry);
            }
        }
    }
}
