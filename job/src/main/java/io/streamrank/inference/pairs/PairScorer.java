// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import io.streamrank.inference.batching.InferenceStage;
import io.streamrank.inference.model.CacheStats;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.pairs.InFlightPair.Waiter;
import io.streamrank.inference.pairs.PairEncoder.QueryEncoding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Scores queries: from the cache where it can, else by tokenising the pairs and handing them to the model. Thread-safe. */
public final class PairScorer {
    private final PairEncoder encoder;
    private final InferenceStage<Float> stage;
    private final ScoreCache cache;

    /** @param clock the workers' */
    public PairScorer(PairEncoder encoder, PairPolicy policy, InferenceStage<Float> stage, LongSupplier clock) {
        this.encoder = encoder;
        this.stage = stage;
        this.cache = new ScoreCache(policy.scoreCacheBytes(), stage, clock);
    }

    public CacheStats tokenCache() {
        return encoder.cacheStats();
    }

    public CacheStats scoreCache() {
        return cache.stats();
    }

    private record Passage(String text, Digest digest) {}

    /**
     * A pair without a score.
     *
     * @param number which of the query's distinct passages it is
     * @param inFlight what is being scored for others, or null
     */
    private record Unknown(
            PairKey key, String text, int number, @Nullable InFlightPair inFlight) {
        boolean isCovered(long deadlineNanos) {
            return inFlight != null && inFlight.covers(deadlineNanos);
        }

        @Nullable
        EncodedPair encoded() {
            return inFlight == null ? null : inFlight.encoded();
        }
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
        int[] numbers = new int[passages.size()];
        List<Passage> distinct = distinct(passages, numbers);
        PendingQuery pending = new PendingQuery(numbers, distinct.size(), askedNanos, deadlineNanos, answer);
        List<Unknown> unknown = lookup(Digest.of(query), distinct, pending);
        int more = 0;
        for (Unknown pair : unknown) {
            more += pair.isCovered(deadlineNanos) ? 0 : 1;
        }
        if (more > 0) {
            stage.admit(more, more, deadlineNanos); // each has a token at least
        }
        List<Waiter> waiters = encode(query, unknown, pending);
        if (!waiters.isEmpty() && !pending.isDone()) {
            cache.ask(waiters, pending);
        }
    }

    /** Returns the distinct passages, and fills in which of them each passage is. */
    private static List<Passage> distinct(List<String> passages, int[] numbers) {
        List<Passage> distinct = new ArrayList<>(numbers.length);
        Map<Digest, Integer> known = new HashMap<>();
        for (int i = 0; i < numbers.length; i++) {
            Passage passage = new Passage(passages.get(i), Digest.of(passages.get(i)));
            Integer number = known.putIfAbsent(passage.digest, distinct.size());
            numbers[i] = number == null ? distinct.size() : number;
            if (number == null) {
                distinct.add(passage);
            }
        }
        return distinct;
    }

    /** Sets what is known, and returns the other pairs. */
    private List<Unknown> lookup(Digest query, List<Passage> distinct, PendingQuery pending) {
        List<Unknown> unknown = new ArrayList<>(distinct.size());
        for (int i = 0; i < distinct.size(); i++) {
            PairKey key = new PairKey(query, distinct.get(i).digest);
            CompletableFuture<Scored> known = cache.get(key);
            Scored score = known == null || known.isCompletedExceptionally() ? null : known.getNow(null);
            if (score == null) {
                InFlightPair inFlight = known instanceof InFlightPair pair ? pair : null;
                unknown.add(new Unknown(key, distinct.get(i).text, i, inFlight));
            } else {
                pending.set(i, score);
            }
        }
        return unknown;
    }

    /** Tokenises what is not in flight; stops where nobody waits any more. */
    private List<Waiter> encode(String query, List<Unknown> unknown, PendingQuery pending) {
        QueryEncoding encoding = encoder.new QueryEncoding(query);
        List<Waiter> waiters = new ArrayList<>(unknown.size());
        for (Unknown pair : unknown) {
            if (pending.isDone()) {
                break;
            }
            try {
                EncodedPair encoded = pair.encoded();
                if (encoded == null) {
                    encoded = encoding.with(pair.text, pair.key.passage());
                }
                waiters.add(new Waiter(pair.key, encoded, pending, pair.number));
            } catch (RuntimeException e) {
                pending.set(pair.number, new Failed("The pair could not be tokenised: " + e, 0, false));
            }
        }
        return waiters;
    }
}
