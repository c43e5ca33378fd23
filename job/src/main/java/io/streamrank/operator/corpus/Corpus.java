// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.DocumentKey;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusRecord;
import io.streamrank.state.CorpusUpdate;
import java.util.List;

/**
 * Offers one subtask's changes to the index that the process shares, and keeps the subtask's share of the documents for
 * checkpoints. All subtasks are sent all changes, so their shares together are the whole corpus. The share and the index hold the
 * same objects. Applying the same updates in any order gives the same corpus. Not thread-safe.
 */
final class Corpus {
    private final CorpusIndex index;
    private final CorpusShare share;
    private final Tombstones tombstones;

    Corpus(CorpusIndex index, CorpusShare share, long tombstoneRetentionMs) {
        this.index = index;
        this.share = share;
        this.tombstones = new Tombstones(tombstoneRetentionMs);
    }

    /** Puts the update into the index, unless that has a newer version of the document. */
    void apply(CorpusUpdate update, long nowMs) {
        put(update.key(), update.appliedAt(nowMs));
        if (update.document() == null) {
            tombstones.removeExpired(nowMs, index.documents(), share::get, share::remove);
        }
    }

    /** Puts back what a checkpoint holds, of this share or another. */
    void restore(CorpusRecord record) {
        put(record.key(), record.entry());
    }

    private void put(DocumentKey key, CorpusEntry offered) {
        CorpusEntry newest = index.newest(key, offered);
        if (share.has(key)) {
            if (newest.isTombstone() && !newest.equals(share.get(key))) {
                tombstones.add(key, newest);
            }
            share.put(key, newest);
        }
    }

    /** Returns what a checkpoint has to hold, in parts. */
    List<List<CorpusRecord>> chunks() {
        return share.chunks();
    }
}
