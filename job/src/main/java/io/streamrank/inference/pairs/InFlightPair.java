// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ItemFailedException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.workers.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Is one pair that is being scored, and knows who waits for it. It is the cache's entry from the start, so whoever asks
 * meanwhile joins. Thread-safe. Queries are answered with no lock held; the cache alone hangs on this future.
 *
 * <p>Of a pair that is read in chunks the best one counts. The last query to leave cancels the pair.
 */
final class InFlightPair extends CompletableFuture<Scored> {
    private final ScoreCache cache;

    @GuardedBy("this")
    private List<Waiter> waiters = new ArrayList<>(1);

    /** One a chunk; none once the pair is done, as the cache keeps this object. */
    @GuardedBy("this")
    private List<ChunkTask> tasks;

    @GuardedBy("this")
    private int missing;

    @GuardedBy("this")
    private float best = Float.NEGATIVE_INFINITY;

    /**
     * A query that waits for a pair.
     *
     * @param passage which of the query's distinct ones it is
     */
    record Waiter(PairKey key, EncodedPair pair, PendingQuery query, int passage) {
        boolean hasTime(long now) {
            return !query.isDone() && query.deadlineNanos() > now;
        }

        void tell(PairOutcome outcome) {
            query.set(passage, outcome);
        }
    }

    InFlightPair(ScoreCache cache, Waiter first) {
        this.cache = cache;
        waiters.add(first);
        tasks = first.pair().chunks().stream()
                .map(chunk -> new ChunkTask(chunk, first.query()))
                .toList();
        missing = tasks.size();
    }

    private final class ChunkTask extends InferenceTask<Float> {
        ChunkTask(Encoding chunk, PendingQuery query) {
            super(chunk, Priority.RERANKING, query.deadlineNanos(), query.askedNanos());
        }

        @Override
        public boolean isDone() {
            return InFlightPair.this.isDone();
        }

        @Override
        public void complete(Float logit) {
            chunkScored(logit);
        }

        @Override
        public void fail(InferenceException why) {
            InFlightPair.this.fail(why);
        }
    }

    synchronized List<? extends InferenceTask<Float>> tasks() {
        return tasks;
    }

    /** Returns how the model reads the pair; null once it is done. */
    synchronized @Nullable EncodedPair encoded() {
        return isDone() ? null : waiters.get(0).pair();
    }

    /** Returns whether the pair comes in time for a query with that deadline, without being moved up for it. */
    synchronized boolean covers(long deadlineNanos) {
        return !isDone() && tasks.get(0).deadlineNanos() <= deadlineNanos;
    }

    /** Adds a query that waits; returns false where the pair is done. */
    synchronized boolean join(Waiter waiter) {
        return !isDone() && waiters.add(waiter);
    }

    /** Removes a query that waits no more. */
    synchronized void leave(PendingQuery query) {
        if (!isDone()) {
            waiters.removeIf(waiter -> waiter.query() == query);
            if (waiters.isEmpty()) {
                cancel(false);
                done();
            }
        }
    }

    private void chunkScored(float logit) {
        List<Waiter> told;
        Scored score;
        synchronized (this) {
            if (isDone()) {
                return;
            }
            best = Math.max(best, logit);
            missing--;
            if (missing > 0) {
                return;
            }
            EncodedPair pair = waiters.get(0).pair();
            score = new Scored(best, pair.tokens(), pair.truncated());
            complete(score);
            told = done();
        }
        told.forEach(waiter -> waiter.tell(score));
    }

    /** Fails the pair. What is no fault of its own fails the queries, but those that have more time ask again. */
    void fail(InferenceException why) {
        List<Waiter> told;
        synchronized (this) {
            if (isDone()) {
                return;
            }
            cancel(false); // takes it out of the cache; of any other failure Caffeine would write a warning
            told = done();
        }
        for (Waiter waiter : told) {
            if (why instanceof ItemFailedException) {
                String failure = String.valueOf(why.getMessage());
                waiter.tell(new Failed(
                        failure, waiter.pair().tokens(), waiter.pair().truncated()));
            } else if (why instanceof DeadlineExceededException && waiter.hasTime(cache.now())) {
                cache.ask(List.of(waiter), waiter.query());
            } else {
                waiter.query().fail(why);
            }
        }
    }

    @GuardedBy("this")
    private List<Waiter> done() {
        List<Waiter> told = waiters;
        waiters = List.of();
        tasks = List.of();
        return told;
    }
}
