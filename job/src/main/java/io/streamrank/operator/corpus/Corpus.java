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

    Corpus(CorpusIndex index, CorpusShare share) {
        this.index = index;
        this.share = share;
    }

    /** Puts the update into the index, unless that has a newer version of the document. */
    void apply(CorpusUpdate update, long nowMs) {
        keep(update.key(), index.offer(update.key(), update.appliedAt(nowMs)));
        share.forgetExpired(nowMs, index::documents);
    }

    /**
     * Puts back what a checkpoint holds, of this share or another. The retention of a delete starts anew: the document that it came
     * before may still be on its way, however long the job stood still.
     */
    void restore(CorpusRecord record, long nowMs) {
        keep(record.key(), index.restore(record.key(), record.entry().restoredAt(nowMs)));
    }

    private void keep(DocumentKey key, CorpusEntry newest) {
        if (share.owns(key)) {
            share.put(key, newest);
        }
    }

    /** Returns what a checkpoint has to hold, in parts. */
    List<List<CorpusRecord>> chunks() {
        return share.chunks();
    }
}
