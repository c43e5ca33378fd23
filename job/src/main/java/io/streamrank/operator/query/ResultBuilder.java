// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Hit;
import io.streamrank.event.Query;
import io.streamrank.event.RankedResult;
import io.streamrank.event.Retrieval;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import io.streamrank.inference.model.PairScore;
import io.streamrank.state.Candidate;
import io.streamrank.state.Candidates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.util.clock.Clock;
import org.jspecify.annotations.Nullable;

/** Turns candidates and what became of them into the answer. Thread-safe. */
final class ResultBuilder {
    /** What the model's head makes of a logit. */
    interface Activation {
        double of(float logit);
    }

    private final String model;
    private final double retrievalWeight;
    private final Activation activation;
    private final AnswerMetrics metrics;
    private final Clock clock;

    ResultBuilder(String model, double retrievalWeight, Activation activation, AnswerMetrics metrics, Clock clock) {
        this.model = model;
        this.retrievalWeight = retrievalWeight;
        this.activation = activation;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * By logit, or by softplus(logit + 1) plus the weighted cosine where retrieval has a say, best first and equal ones in
     * first-stage order. Not by the activation, which may saturate and tie the best. Candidates that could not be scored
     * come behind, in first-stage order, and make the answer a degraded one. Then, unless the query has a least score, come
     * those that a cascade cut, in its order, and those without a text in the ranked fields, in first-stage order: neither
     * has a score, and neither makes the answer a degraded one.
     *
     * @param paid one for each of the candidates' readable texts
     * @param startMs when reranking began, on the clock's relative scale
     */
    RankedResult scored(Candidates from, RankedCandidates ranked, List<PairScore> paid, long startMs) {
        Query query = from.query();
        List<PairScore> scores = ranked.all(paid);
        double[] keys = new double[scores.size()];
        Arrays.setAll(keys, i -> sortKey(ranked.candidates().get(i), scores.get(i)));
        List<Hit> hits = IntStream.range(0, scores.size())
                .boxed()
                .sorted(Comparator.<Integer, Boolean>comparing(
                                i -> scores.get(i).cut())
                        .thenComparingDouble(i -> -keys[i]))
                .filter(i -> !scores.get(i).cut() || query.minScore() == null)
                .map(i -> hit(query, ranked, i, scores.get(i)))
                .filter(hit -> reaches(query.minScore(), hit))
                .limit(query.topN())
                .toList();
        boolean anyFailed = scores.stream().anyMatch(score -> score.failure() != null);
        return answer(from, hits, anyFailed ? DegradedReason.MODEL_ERROR : null, usage(paid), startMs);
    }

    private double sortKey(Candidate candidate, PairScore score) {
        if (score.failure() != null) {
            return Double.NEGATIVE_INFINITY;
        }
        Retrieval retrieval = candidate.retrieval();
        return retrieval == null || retrievalWeight == 0 || score.cut()
                ? score.logit()
                : softplus(score.logit() + 1) + retrievalWeight * retrieval.score();
    }

    /**
     * ln(1 + e^x): grows like the logit where a text looks relevant and levels off where it does not, since of two texts
     * that answer nothing a cross-encoder cannot tell which is nearer to the topic, and retrieval can.
     */
    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /** In first-stage order, without scores. */
    RankedResult unscored(
            Candidates from, RankedCandidates ranked, @Nullable DegradedReason degradedReason, long startMs) {
        Query query = from.query();
        List<Hit> hits = new ArrayList<>();
        for (int i = 0; i < Math.min(query.topN(), ranked.candidates().size()); i++) {
            hits.add(hit(query, ranked, i, null));
        }
        return answer(from, hits, degradedReason, new Usage(0, 0, 0), startMs);
    }

    private Hit hit(Query query, RankedCandidates ranked, int position, @Nullable PairScore score) {
        Candidate candidate = ranked.candidates().get(position);
        PairScore scored = score == null || score.cut() || score.failure() != null ? null : score;
        return new Hit(
                ranked.indexes().get(position),
                candidate.document().id(),
                scored == null ? null : activation.of(scored.logit()),
                scored == null || !query.returnLogits() ? null : (double) scored.logit(),
                query.returnDocuments() ? candidate.document() : null,
                candidate.retrieval());
    }

    /** Without a score there is nothing to hold against the limit. */
    private static boolean reaches(@Nullable Double minScore, Hit hit) {
        return minScore == null || hit.relevanceScore() == null || hit.relevanceScore() >= minScore;
    }

    private static Usage usage(List<PairScore> scores) {
        return new Usage(
                scores.size(), scores.stream().mapToLong(PairScore::tokens).sum(), (int)
                        scores.stream().filter(PairScore::truncated).count());
    }

    private RankedResult answer(
            Candidates from, List<Hit> hits, @Nullable DegradedReason degradedReason, Usage usage, long startMs) {
        Query query = from.query();
        long sentMs = query.origin().timestampMs();
        long rerankMs = clock.relativeTimeMillis() - startMs;
        Timing timing = new Timing(
                Math.max(0, query.origin().arrivalMs() - sentMs),
                from.embedMs(),
                from.retrieveMs(),
                rerankMs,
                Math.max(0, clock.absoluteTimeMillis() - sentMs));
        return metrics.count(
                new RankedResult(query.origin(), query.id(), query.text(), model, hits, degradedReason, usage, timing));
    }
}
