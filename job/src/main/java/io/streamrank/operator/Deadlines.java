// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.event.Origin;
import io.streamrank.event.Query;
import io.streamrank.event.Reply;
import io.streamrank.state.Candidates;
import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.clock.Clock;

/**
 * Turns a query's time limit, which counts from its record's timestamp, into a point on this JVM's clock.
 *
 * @param limit the job's, for all steps of a query together, or for its reply
 * @param clock whose {@code relativeTimeNanos} is the scale of all deadlines
 */
public record Deadlines(Duration limit, Clock clock) implements Serializable {
    /** Returns the earlier of the query's own limit and the job's, for the first step that has one. */
    public long of(Query query) {
        return of(query.origin(), query.timeoutMs(), limit.toMillis());
    }

    /**
     * Returns the earlier of the query's own limit and what earlier steps left of the job's. Their time is known by its length
     * and not by when it began, so that neither the wait for the corpus nor the time for which a job was down counts, and the
     * clocks of two machines need not agree.
     *
     * <p>Of 30 s, a query that was embedded for 2 s and searched for 1 s has 27 s left, whenever that was.
     */
    public long of(Candidates candidates) {
        Query query = candidates.query();
        return of(query.origin(), query.timeoutMs(), limit.toMillis() - candidates.embedMs() - candidates.retrieveMs());
    }

    /** Returns the earlier of the query's own limit and the job's for a reply, which begins now. */
    public long of(Origin origin, Reply.Order reply) {
        return of(origin, reply.timeoutMs(), limit.toMillis());
    }

    private long of(Origin origin, long timeoutMs, long limitMs) {
        long leftMs = limitMs;
        if (timeoutMs > 0) {
            long elapsedMs = clock.absoluteTimeMillis() - origin.timestampMs();
            leftMs = Math.min(leftMs, timeoutMs - elapsedMs);
        }
        return clock.relativeTimeNanos() + TimeUnit.MILLISECONDS.toNanos(Math.max(0, leftMs));
    }
}
