// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ItemFailedException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.workers.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Is one pair that is being scored, and knows who waits for it. It is the cache's entry from the start, so whoever asks
 * meanwhile joins. Thread-safe; queries are told with no lock held.
 *
 * <p>Of a pair that is read in chunks the best one counts. A pair for which no query waits any more is dropped when its turn
 * comes.
 */
final class InFlightPair extends CompletableFuture<Scored> {
    private final ScoreCache cache;

    /** None once the pair is done, nor tasks, as the cache keeps this object. */
    @GuardedBy("this")
    private List<Waiter> waiters = new ArrayList<>(1);

    @GuardedBy("this")
    private List<ChunkTask> tasks = new ArrayList<>(1);

    @GuardedBy("this")
    private int scored;

    @GuardedBy("this")
    private float best = Float.NEGATIVE_INFINITY;

    InFlightPair(ScoreCache cache, Waiter first) {
        this.cache = cache;
        waiters.add(first);
        first.pair().chunks().forEach(chunk -> tasks.add(new ChunkTask(chunk, first.query)));
    }

    private final class ChunkTask extends InferenceTask<Float> {
        ChunkTask(Encoding chunk, PendingQuery query) {
            super(chunk, Priority.RERANKING, query.deadlineNanos, query.askedNanos);
        }

        @Override
        public boolean isDone() {
            return nobodyWaits();
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

    private synchronized boolean nobodyWaits() {
        for (Waiter waiter : waiters) {
            if (!waiter.query.isDone()) {
                return false;
            }
        }
        return true;
    }

    private void chunkScored(float logit) {
        List<Waiter> told;
        Scored score;
        synchronized (this) {
            best = Chunks.combine(best, logit);
            scored++;
            if (isDone() || scored < tasks.size()) {
                return;
            }
            EncodedPair pair = waiters.get(0).pair();
            score = new Scored(best, pair.tokens(), pair.truncated());
            complete(score);
            told = release();
        }
        told.forEach(waiter -> waiter.query.set(waiter.number, score));
    }

    /** Fails the pair. What is no fault of its own fails the queries, but those that have more time ask again. */
    void fail(InferenceException why) {
        List<Waiter> told;
        synchronized (this) {
            if (isDone()) {
                return;
            }
            cancel(false); // takes it out of the cache; of any other failure Caffeine would write a warning
            told = release();
        }
        for (Waiter waiter : told) {
            EncodedPair pair = waiter.pair();
            if (why instanceof ItemFailedException) {
                String failure = String.valueOf(why.getMessage());
                waiter.query.set(waiter.number, new Failed(failure, pair.tokens(), pair.truncated()));
            } else if (why instanceof DeadlineExceededException && cache.hasTime(waiter.query)) {
                cache.askAgain(waiter);
            } else if (why instanceof OverloadException && cache.hasTime(waiter.query)) {
                cache.ask(List.of(waiter), waiter.query); // the pair was never queued, for the query that came first
            } else {
                waiter.query.fail(why);
            }
        }
    }

    @GuardedBy("this")
    private List<Waiter> release() {
        List<Waiter> told = waiters;
        waiters = List.of();
        tasks = List.of();
        return told;
    }
}
