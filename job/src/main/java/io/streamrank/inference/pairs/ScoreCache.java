// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.streamrank.inference.batching.InferenceStage;
import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.stats.CacheStats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the scores that a model gave lately, bounded by bytes, and those that are being computed: whoever asks for such a
 * pair joins instead of asking the model again. What failed is not kept. Thread-safe.
 *
 * <p>A pair is queued under the deadline of whoever asked first. Who has less time moves it up. Who has more time asks again
 * where that deadline passes.
 */
final class ScoreCache {
    /** Key, digests, score, future, and what the cache itself keeps of an entry. */
    private static final int ENTRY_BYTES = 224;

    private final ConcurrentMap<PairKey, CompletableFuture<Scored>> pairs;
    private final InferenceStage<Float> stage;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    /** @param bytes what it may hold, about; 0 for only what is being computed */
    ScoreCache(long bytes, InferenceStage<Float> stage) {
        AsyncCache<PairKey, Scored> cache = Caffeine.newBuilder()
                .maximumSize(bytes / ENTRY_BYTES)
                .executor(Runnable::run) // the common pool's threads would outlive the job and keep its classes
                .buildAsync();
        this.pairs = cache.asMap();
        this.stage = stage;
    }

    /** Returns whether somebody waits for the query, and may go on to. */
    boolean hasTime(PendingQuery query) {
        return !query.isDone() && query.deadlineNanos > stage.now();
    }

    /** Returns a pair that is scored, or is being scored; null where it has to be computed. */
    @Nullable
    CompletableFuture<Scored> get(PairKey key) {
        CompletableFuture<Scored> pair = pairs.get(key);
        boolean scored = pair != null && pair.isDone() && !pair.isCompletedExceptionally();
        (scored ? hits : misses).increment();
        return pair;
    }

    CacheStats stats() {
        return new CacheStats(hits.sum(), misses.sum());
    }

    /** Has the model score what nobody asked for yet, and joins what is being scored; the query is told in any case. */
    void ask(List<Waiter> waiters, PendingQuery query) {
        ask(waiters, query, stage::submit);
    }

    /**
     * Asks again for a pair that was queued with another query's deadline, and dropped then. The model does not refuse it now:
     * it let this query in, whose other pairs may be scored already.
     */
    void askAgain(Waiter waiter) {
        ask(List.of(waiter), waiter.query, stage::submitAgain);
    }

    /** Hands tasks to the model. */
    private interface Submission {
        void submit(List<InferenceTask<Float>> tasks, List<InferenceTask<Float>> shared, long deadlineNanos)
                throws InferenceException;
    }

    private void ask(List<Waiter> waiters, PendingQuery query, Submission submission) {
        List<InFlightPair> started = new ArrayList<>(waiters.size());
        List<InferenceTask<Float>> tasks = new ArrayList<>(waiters.size());
        List<InferenceTask<Float>> shared = new ArrayList<>();
        InferenceException rejection =
                new UnavailableException("A pair could not be queued; see the log for the reason.");
        boolean queued = false;
        try {
            for (Waiter waiter : waiters) {
                startOrJoin(waiter, started, shared);
            }
            started.forEach(pair -> tasks.addAll(pair.tasks()));
            if (!tasks.isEmpty() || !shared.isEmpty()) {
                submission.submit(tasks, shared, query.deadlineNanos);
            }
            queued = true;
        } catch (InferenceException e) {
            rejection = e;
        } finally {
            if (!queued) {
                query.fail(rejection); // first, so that only those who joined it ask again
                for (InFlightPair pair : started) {
                    pair.fail(rejection);
                }
            }
        }
    }

    private void startOrJoin(Waiter waiter, List<InFlightPair> started, List<InferenceTask<Float>> shared) {
        InFlightPair mine = new InFlightPair(this, waiter);
        while (true) {
            CompletableFuture<Scored> known = pairs.putIfAbsent(waiter.key, mine);
            if (known == null) {
                started.add(mine);
                return;
            }
            if (known instanceof InFlightPair pair && pair.join(waiter)) {
                if (!pair.covers(waiter.query.deadlineNanos)) {
                    shared.addAll(pair.tasks());
                }
                return;
            }
            if (!known.isCompletedExceptionally()) {
                waiter.query.set(waiter.number, known.join());
                return;
            }
            pairs.remove(waiter.key, known);
        }
    }
}
