// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import io.streamrank.inference.batching.InferenceStage;
import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.pairs.PairEncoder.QueryEncoding;
import io.streamrank.inference.stats.CacheStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Scores queries: from the cache where it can, else by tokenising the pairs and handing them to the model. Thread-safe. */
public final class PairScorer {
    private final PairEncoder encoder;
    private final InferenceStage<Float> stage;
    /** Null where scores are not kept, nor shared by those who ask at the same time. */
    private final @Nullable ScoreCache cache;

    private final LongAdder uncached = new LongAdder();

    public PairScorer(PairEncoder encoder, PairPolicy policy, InferenceStage<Float> stage) {
        this.encoder = encoder;
        this.stage = stage;
        this.cache = policy.scoreCacheBytes() == 0 ? null : new ScoreCache(policy.scoreCacheBytes(), stage);
    }

    public CacheStats tokenCache() {
        return encoder.cacheStats();
    }

    public CacheStats scoreCache() {
        return cache == null ? new CacheStats(0, uncached.sum()) : cache.stats();
    }

    /**
     * Scores a query against its passages, the same passage once.
     *
     * @param askedNanos when the caller's wait began, on the workers' clock as the deadline is
     * @param answer completed with one outcome a passage, in their order; where it is done already, nobody waits any more
     * @throws OverloadException where it would come too late, whatever is known already
     */
    public void score(
            String query,
            List<String> passages,
            long askedNanos,
            long deadlineNanos,
            CompletableFuture<List<PairOutcome>> answer)
            throws InferenceException {
        Map<String, Integer> distinct = new LinkedHashMap<>();
        int[] numbers = new int[passages.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = distinct.computeIfAbsent(passages.get(i), first -> distinct.size());
        }
        List<String> texts = List.copyOf(distinct.keySet());
        PendingQuery pending = new PendingQuery(numbers, texts.size(), askedNanos, deadlineNanos, answer);
        if (cache == null) {
            scoreAll(query, texts, pending);
        } else {
            scoreUnknown(query, texts, pending, cache);
        }
    }

    private void scoreAll(String query, List<String> texts, PendingQuery pending) throws InferenceException {
        uncached.add(texts.size());
        stage.admit(texts.size(), texts.size(), pending.deadlineNanos); // each has a token at least
        QueryEncoding encoding = encoder.new QueryEncoding(query);
        List<InferenceTask<Float>> tasks = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size() && !pending.isDone(); i++) {
            try {
                new UnsharedPair(pending, i, encoding.with(texts.get(i))).addTasks(tasks);
            } catch (RuntimeException e) {
                pending.set(i, notTokenized(e));
            }
        }
        if (!tasks.isEmpty() && !pending.isDone()) {
            stage.submit(tasks, List.of(), pending.deadlineNanos);
        }
    }

    private static Failed notTokenized(RuntimeException e) {
        return new Failed("The pair could not be tokenised: " + e, 0, false);
    }

    private void scoreUnknown(String query, List<String> texts, PendingQuery pending, ScoreCache known)
            throws InferenceException {
        List<Waiter> unknown = lookup(query, texts, pending, known);
        QueryEncoding encoding = encoder.new QueryEncoding(query);
        unknown.removeIf(waiter -> !encode(encoding, texts.get(waiter.number), waiter));
        if (!unknown.isEmpty() && !pending.isDone()) {
            known.ask(unknown, pending);
        }
    }

    /** Sets what is known, and returns the other pairs; throws where there is no time for those. */
    private List<Waiter> lookup(String query, List<String> texts, PendingQuery pending, ScoreCache scores)
            throws InferenceException {
        Digest queryDigest = Digest.of(query);
        List<Waiter> unknown = new ArrayList<>(texts.size());
        int more = 0;
        for (int i = 0; i < texts.size(); i++) {
            PairKey key = new PairKey(queryDigest, Digest.of(texts.get(i)));
            CompletableFuture<Scored> known = scores.get(key);
            Scored score = known != null && known.isDone() && !known.isCompletedExceptionally() ? known.join() : null;
            if (score != null) {
                pending.set(i, score);
                continue;
            }
            Waiter waiter = new Waiter(key, pending, i);
            unknown.add(waiter);
            if (known instanceof InFlightPair pair) {
                waiter.pair(pair.encoded());
                more -= pair.covers(pending.deadlineNanos) ? 1 : 0;
            }
            more++;
        }
        if (more > 0) {
            stage.admit(more, more, pending.deadlineNanos); // each has a token at least
        }
        return unknown;
    }

    /** Tokenises a pair that nobody tokenised yet; returns whether there is something to run. */
    private static boolean encode(QueryEncoding query, String passage, Waiter waiter) {
        if (waiter.isEncoded() || waiter.query.isDone()) {
            return waiter.isEncoded();
        }
        try {
            waiter.pair(query.with(passage, waiter.key.passage()));
            return true;
        } catch (RuntimeException e) {
            waiter.query.set(waiter.number, notTokenized(e));
            return false;
        }
    }
}
