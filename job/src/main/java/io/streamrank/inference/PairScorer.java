// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.PairsInFlight.Asker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Answers what can be answered from the cache, and has the rest scored. Thread-safe. */
final class PairScorer {
    private final PairEncoder encoder;
    private final ScoreCache cache;
    private final PairsInFlight inFlight;

    PairScorer(PairEncoder encoder, PairPolicy policy, PairsInFlight.Line line) {
        this.encoder = encoder;
        this.cache = new ScoreCache(policy.scoreCacheBytes());
        this.inFlight = new PairsInFlight(line, cache);
    }

    CacheStats tokenCache() {
        return encoder.cacheStats();
    }

    CacheStats scoreCache() {
        return cache.stats();
    }

    /**
     * Scores a query against its passages, the same passage once.
     *
     * @param scores completed with one score a passage, in their order; where it is done already, nobody waits any more
     */
    void score(String query, List<String> passages, long deadlineNanos, CompletableFuture<List<PairScore>> scores) {
        Digest queryDigest = Digest.of(query);
        PairEncoder.Question question = encoder.new Question(query);
        Map<Digest, CompletableFuture<PairScore>> distinct = new HashMap<>();
        List<CompletableFuture<PairScore>> inOrder = new ArrayList<>(passages.size());
        List<Asker> askers = new ArrayList<>();
        for (String passage : passages) {
            if (scores.isDone()) {
                return; // too late already
            }
            Digest digest = Digest.of(passage);
            CompletableFuture<PairScore> score = distinct.get(digest);
            if (score == null) {
                score = new CompletableFuture<>();
                distinct.put(digest, score);
                look(new PairKey(queryDigest, digest), question, passage, deadlineNanos, score, askers);
            }
            inOrder.add(score);
        }
        CompletableFuture<?> unused = CompletableFuture.allOf(inOrder.toArray(CompletableFuture<?>[]::new))
                .whenComplete((done, failure) -> complete(scores, inOrder));
        inFlight.ask(askers);
        // Whoever stops waiting takes the pairs that have not run along.
        CompletableFuture<?> ignored = scores.whenComplete(
                (done, failure) -> askers.forEach(asker -> asker.score().cancel(false)));
    }

    private void look(
            PairKey key,
            PairEncoder.Question question,
            String passage,
            long deadlineNanos,
            CompletableFuture<PairScore> score,
            List<Asker> askers) {
        PairScore known = cache.get(key);
        if (known != null) {
            score.complete(known);
            return;
        }
        try {
            askers.add(new Asker(key, question.with(passage, key.passage()), deadlineNanos, score));
        } catch (RuntimeException e) {
            score.complete(new PairScore(Float.NaN, 0, false, "The pair could not be tokenised: " + e));
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
