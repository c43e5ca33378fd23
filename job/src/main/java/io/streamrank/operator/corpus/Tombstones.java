// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.DocumentKey;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The deletes that are remembered, oldest first, so that what is to be forgotten is found without a look at the rest. Not
 * more than there are documents: a delete of what was never there is remembered too, as the document may be on its way.
 */
final class Tombstones {
    /** @param appliedAtMs when it was applied, milliseconds since the epoch */
    record Tombstone(DocumentKey key, long appliedAtMs) {}

    /** Remembered however few documents there are: many more than can be on their way through the embedder. */
    static final int LEAST = 100_000;

    private final long retentionMs;
    private final Deque<Tombstone> byAge;

    /** @param restored in any order */
    Tombstones(long retentionMs, List<Tombstone> restored) {
        this.retentionMs = retentionMs;
        this.byAge = new ArrayDeque<>(restored.stream()
                .sorted(Comparator.comparingLong(Tombstone::appliedAtMs))
                .toList());
    }

    void add(Tombstone tombstone) {
        byAge.addLast(tombstone);
    }

    /** Takes out the oldest where it has been there for long enough or there are too many; null where neither is so. */
    @Nullable
    Tombstone forget(long nowMs, int documents) {
        Tombstone oldest = byAge.peekFirst();
        if (oldest == null) {
            return null;
        }
        boolean old = nowMs - oldest.appliedAtMs() > retentionMs;
        return old || byAge.size() > Math.max(LEAST, documents) ? byAge.pollFirst() : null;
    }
}
