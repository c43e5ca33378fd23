// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.event.Query;
import io.streamrank.state.Candidates;
import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.clock.Clock;

/**
 * Turns a query's time limit, which counts from its record's timestamp, into a point on this JVM's clock.
 *
 * @param limit the job's, for all steps of a query together
 * @param clock whose {@code relativeTimeNanos} is the scale of all deadlines
 */
public record Deadlines(Duration limit, Clock clock) implements Serializable {
    /** Returns the earlier of the query's own limit and the job's, for the first step that has one. */
    public long of(Query query) {
        return of(query, limit.toMillis());
    }

    /**
     * Returns the earlier of the query's own limit and what earlier steps left of the job's. Their time is known by its length
     * and not by when it began, so that neither the wait for the corpus nor the time for which a job was down counts, and the
     * clocks of two machines need not agree.
     *
     * <p>Of 30 s, a query that was embedded for 2 s and searched for 1 s has 27 s left, whenever that was.
     */
    public long of(Candidates candidates) {
        return of(candidates.query(), limit.toMillis() - candidates.embedMs() - candidates.retrieveMs());
    }

    private long of(Query query, long limitMs) {
        long leftMs = limitMs;
        if (query.timeoutMs() > 0) {
            long elapsedMs = clock.absoluteTimeMillis() - query.origin().timestampMs();
            leftMs = Math.min(leftMs, query.timeoutMs() - elapsedMs);
        }
        return clock.relativeTimeNanos() + TimeUnit.MILLISECONDS.toNanos(Math.max(0, leftMs));
    }
}
