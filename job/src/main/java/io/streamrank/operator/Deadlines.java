// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.event.Query;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Turns a query's time limit, which counts from its record's timestamp, into a point on this JVM's clock. */
final class Deadlines {
    private Deadlines() {}

    /**
     * The earlier of the query's own limit and the job's.
     *
     * @param limit counted from now
     * @return on {@link System#nanoTime()}'s scale
     */
    static long of(Query query, Duration limit) {
        long leftMs = limit.toMillis();
        if (query.timeoutMs() > 0) {
            long elapsedMs = System.currentTimeMillis() - query.origin().timestampMs();
            leftMs = Math.min(leftMs, query.timeoutMs() - elapsedMs);
        }
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.max(0, leftMs));
    }

    static long millisSince(long startNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }
}
