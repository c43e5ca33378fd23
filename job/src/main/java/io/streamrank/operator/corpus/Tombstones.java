// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.DocumentKey;
import io.streamrank.state.CorpusEntry;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Queues the deletes that are remembered, oldest first, so that those to be forgotten are found without a look at the
 * rest. A delete is remembered for the retention. If there is a limit, then of all deletes only as many are remembered as there are
 * documents, or as many as the limit where there are fewer: deletes of documents that never were are remembered too, as the document
 * may be on its way. Of deletes of the same millisecond any is the oldest.
 *
 * <p>With a retention of one hour, a limit of 100,000, deletes applied at 9:00 and 9:30 and 100,000 documents: at 10:10 the first
 * expires; 100,000 more deletes at 10:10 make the second expire as well.
 */
final class Tombstones {
    private record Tombstone(DocumentKey key, long appliedAtMs) {}

    /** Remembered however few documents there are: many more than the embedder can have in work. */
    static final int LEAST = 100_000;

    private final long retentionMs;
    private final int least;
    private final PriorityQueue<Tombstone> byAge =
            new PriorityQueue<>(Comparator.comparingLong(Tombstone::appliedAtMs));

    /** @param least remembered however few documents there are; {@link Integer#MAX_VALUE} for no limit */
    Tombstones(long retentionMs, int least) {
        this.retentionMs = retentionMs;
        this.least = least;
    }

    void add(DocumentKey key, CorpusEntry delete) {
        byAge.add(new Tombstone(key, delete.appliedAtMs()));
    }

    /**
     * Removes the deletes whose retention has passed, and the oldest of too many, unless their documents were changed since.
     *
     * @param documents says how many there are
     * @param known returns what is known of a document, or null
     */
    void removeExpired(
            long nowMs,
            IntSupplier documents,
            Function<DocumentKey, @Nullable CorpusEntry> known,
            Consumer<DocumentKey> remove) {
        Tombstone oldest;
        while ((oldest = byAge.peek()) != null && (isOld(oldest, nowMs) || areTooMany(documents))) {
            byAge.remove();
            CorpusEntry entry = known.apply(oldest.key());
            if (entry != null && entry.isTombstone() && entry.appliedAtMs() == oldest.appliedAtMs()) {
                remove.accept(oldest.key());
            }
        }
    }

    private boolean isOld(Tombstone tombstone, long nowMs) {
        return nowMs - tombstone.appliedAtMs() >= retentionMs;
    }

    private boolean areTooMany(IntSupplier documents) {
        return byAge.size() > least && byAge.size() > documents.getAsInt();
    }
}
