// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import io.streamrank.inference.batching.Admission;
import io.streamrank.inference.batching.Digest;
import io.streamrank.inference.model.CacheStats;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.model.PairScore;
import io.streamrank.inference.pairs.PairsInFlight.Asker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Answers what can be answered from the cache, and has the rest scored where there is time. Thread-safe. */
public final class PairScorer {
    private final PairEncoder encoder;
    private final ScoreCache cache;
    private final Admission admission;
    private final PairsInFlight inFlight;

    public PairScorer(PairEncoder encoder, PairPolicy policy, Admission admission, PairsInFlight.Line line) {
        this.encoder = encoder;
        this.cache = new ScoreCache(policy.scoreCacheBytes());
        this.admission = admission;
        this.inFlight = new PairsInFlight(line, cache);
    }

    public CacheStats tokenCache() {
        return encoder.cacheStats();
    }

    public CacheStats scoreCache() {
        return cache.stats();
    }

    private record Unknown(PairKey key, String passage, CompletableFuture<PairScore> score) {}

    /**
     * Scores a query against its passages, the same passage once.
     *
     * @param scores completed with one score a passage, in their order; where it is done already, nobody waits any more
     * @throws OverloadException where it would come too late, whatever is known already
     */
    public void score(
            String query,
            List<String> passages,
            long askedNanos,
            long deadlineNanos,
            CompletableFuture<List<PairScore>> scores)
            throws InferenceException {
        List<CompletableFuture<PairScore>> inOrder = new ArrayList<>(passages.size());
        List<Unknown> unknown = look(query, passages, inOrder);
        // Before anything is tokenised: each has a token at least, so whoever is refused here would be refused anyway.
        admit(unknown, Unknown::key, pair -> 1, deadlineNanos);
        PairEncoder.Question question = encoder.new Question(query);
        List<Asker> askers = new ArrayList<>(unknown.size());
        for (Unknown pair : unknown) {
            if (scores.isDone()) {
                return; // too late already
            }
            try {
                EncodedPair encoded = question.with(pair.passage, pair.key.passage());
                askers.add(new Asker(pair.key, encoded, askedNanos, deadlineNanos, pair.score));
            } catch (RuntimeException e) {
                pair.score.complete(new PairScore(Float.NaN, 0, false, "The pair could not be tokenised: " + e));
            }
        }
        admit(askers, Asker::key, asker -> asker.pair().tokens(), deadlineNanos);
        CompletableFuture<?> unused = CompletableFuture.allOf(inOrder.toArray(CompletableFuture<?>[]::new))
                .whenComplete((done, failure) -> complete(scores, inOrder));
        inFlight.ask(askers);
        // Whoever stops waiting takes the pairs that have not run along.
        CompletableFuture<?> ignored = scores.whenComplete(
                (done, failure) -> askers.forEach(asker -> asker.score().cancel(false)));
    }

    /** Returns the pairs that have no score in the cache, and adds one future a passage to {@code inOrder}. */
    private List<Unknown> look(String query, List<String> passages, List<CompletableFuture<PairScore>> inOrder) {
        Digest queryDigest = Digest.of(query);
        Map<Digest, CompletableFuture<PairScore>> distinct = new HashMap<>();
        List<Unknown> unknown = new ArrayList<>();
        for (String passage : passages) {
            Digest digest = Digest.of(passage);
            CompletableFuture<PairScore> score = distinct.get(digest);
            if (score == null) {
                score = new CompletableFuture<>();
                distinct.put(digest, score);
                PairKey key = new PairKey(queryDigest, digest);
                PairScore known = cache.get(key);
                if (known == null) {
                    unknown.add(new Unknown(key, passage, score));
                } else {
                    score.complete(known);
                }
            }
            inOrder.add(score);
        }
        return unknown;
    }

    /** What is on its way already costs the model no more. */
    private <P> void admit(List<P> pairs, Function<P, PairKey> key, ToLongFunction<P> tokens, long deadlineNanos)
            throws InferenceException {
        List<P> more = pairs.stream()
                .filter(pair -> !inFlight.covers(key.apply(pair), deadlineNanos))
                .toList();
        if (!more.isEmpty()) {
            admission.admit(more.size(), more.stream().mapToLong(tokens).sum(), deadlineNanos);
        }
    }

    private static void complete(
            CompletableFuture<List<PairScore>> scores, List<CompletableFuture<PairScore>> inOrder) {
        for (CompletableFuture<PairScore> score : inOrder) {
            Throwable failure = score.handle((value, thrown) -> thrown).join();
            if (failure != null) {
                scores.completeExceptionally(failure);
                return;
            }
        }
        scores.complete(inOrder.stream().map(CompletableFuture::join).toList());
    }
}
