// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Counts what was used in the last minute, so that no minute has more than the limit, wherever it begins. Not thread-safe;
 * time is a parameter.
 *
 * <p>Uses within a tenth of a second are one entry, which counts as of its end. Example, with 10 a minute: after ten uses at
 * 0 s and none since, the next is possible at 60.1 s.
 */
final class SlidingWindow {
    private static final long MINUTE = 60_000_000_000L;
    private static final long GRAIN = 100_000_000L;

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long used;

    private static final class Entry {
        final long end;
        long amount;

        Entry(long end) {
            this.end = end;
        }
    }

    /** Adds what is used now; negative where an estimate was too high. */
    void add(long now, long amount) {
        forget(now);
        Entry last = entries.peekLast();
        if (last == null || last.end - now <= 0) {
            last = new Entry(now + GRAIN);
            entries.addLast(last);
        }
        last.amount += amount;
        used += amount;
    }

    /**
     * Returns the nanoseconds until so much more may be used. What is more than the limit by itself waits for an empty window.
     *
     * @param limit 0 for none
     */
    long delay(long now, long amount, long limit) {
        forget(now);
        if (limit == 0 || used <= 0 || used + amount <= limit) {
            return 0;
        }
        long excess = Math.min(used + amount - limit, used);
        long until = now;
        for (Entry entry : entries) {
            if (excess <= 0) {
                break;
            }
            excess -= entry.amount;
            until = entry.end + MINUTE;
        }
        return Math.max(1, until - now);
    }

    private void forget(long now) {
        for (Entry first = entries.peekFirst();
                first != null && now - first.end >= MINUTE;
                first = entries.peekFirst()) {
            used -= first.amount;
            entries.removeFirst();
        }
    }
}
