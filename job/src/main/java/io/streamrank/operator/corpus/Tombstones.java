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
 * Queues the deletes that the corpus remembers, oldest first, so that those to be forgotten are found without a look at the
 * rest. A delete is remembered for the retention, but of all deletes only as many as there are documents, or {@value #LEAST}
 * where there are fewer: deletes of documents that never were are remembered too, as the document may be on its way.
 *
 * <p>With a retention of one hour, deletes applied at 9:00 and 9:30 and 100,000 documents: at 10:10 the first expires; 100,000
 * more deletes at 10:10 make the second expire as well.
 */
final class Tombstones {
    /**
     * Remembers one delete.
     *
     * @param appliedAtMs when it was applied, milliseconds since the epoch
     */
    record Tombstone(DocumentKey key, long appliedAtMs) {}

    /** Remembered however few documents there are: many more than the embedder can have in work. */
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

    /** Takes out the oldest if its retention has passed or there are too many; null if neither is so. */
    @Nullable
    Tombstone pollExpired(long nowMs, int documents) {
        Tombstone oldest = byAge.peekFirst();
        if (oldest == null) {
            return null;
        }
        boolean expired = nowMs - oldest.appliedAtMs() > retentionMs;
        return expired || byAge.size() > Math.max(LEAST, documents) ? byAge.pollFirst() : null;
    }
}
