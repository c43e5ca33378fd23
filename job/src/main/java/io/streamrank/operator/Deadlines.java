// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.event.Query;
import io.streamrank.state.Candidates;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Turns a query's time limit, which counts from its record's timestamp, into a point on this JVM's clock. */
public final class Deadlines {
    private Deadlines() {}

    /**
     * The earlier of the query's own limit and the job's, for the first step that has one.
     *
     * @param limit counted from now
     * @return on {@link System#nanoTime()}'s scale
     */
    public static long of(Query query, Duration limit) {
        return of(query, limit.toMillis());
    }

    /**
     * The earlier of the query's own limit and what earlier steps left of the job's. Their time is known by its length and
     * not by when it began, so that neither the wait for the corpus nor the time for which a job was down counts, and the
     * clocks of two machines need not agree.
     *
     * @param limit for all steps together
     * @return on {@link System#nanoTime()}'s scale
     */
    public static long of(Candidates candidates, Duration limit) {
        return of(candidates.query(), limit.toMillis() - candidates.embedMs() - candidates.retrieveMs());
    }

    private static long of(Query query, long limitMs) {
        long leftMs = limitMs;
        if (query.timeoutMs() > 0) {
            long elapsedMs = System.currentTimeMillis() - query.origin().timestampMs();
            leftMs = Math.min(leftMs, query.timeoutMs() - elapsedMs);
        }
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.max(0, leftMs));
    }

    public static long millisSince(long startNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }
}
