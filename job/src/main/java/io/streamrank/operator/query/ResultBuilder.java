// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Hit;
import io.streamrank.event.Query;
import io.streamrank.event.RankedResult;
import io.streamrank.event.Remarks;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import io.streamrank.event.Usage.Billed;
import io.streamrank.inference.model.Bill;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Rated;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.PairOutcome.Unscored;
import io.streamrank.operator.query.CandidateTexts.Entry;
import io.streamrank.state.Candidates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.flink.util.clock.Clock;
import org.jspecify.annotations.Nullable;

/** Makes answers of candidates and what became of them. Thread-safe. */
final class ResultBuilder {
    /** Makes a relevance of a logit, as the model's head does. */
    interface Activation {
        double of(float logit);
    }

    private final String model;
    private final double retrievalWeight;
    private final Activation activation;
    private final ReplySourceSelector replies;
    private final AnswerMetrics metrics;
    private final Clock clock;

    ResultBuilder(
            String model,
            double retrievalWeight,
            Activation activation,
            ReplySourceSelector replies,
            AnswerMetrics metrics,
            Clock clock) {
        this.model = model;
        this.retrievalWeight = retrievalWeight;
        this.activation = activation;
        this.replies = replies;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Makes the answer of a query that was scored, best first: by {@link RankingScore}, equal ones in first-stage order.
     *
     * <p>Candidates that failed come behind, in first-stage order, and make the answer a degraded one. Then come those that
     * were not to be scored, unless the query has a least score: what a cascade cut in its order, then blank ones. Neither
     * makes the answer a degraded one.
     *
     * @param outcomes one for each of the candidates' readable texts
     * @param startMs when reranking began, on the clock's relative scale
     */
    RankedResult scored(Candidates from, CandidateTexts texts, List<PairOutcome> outcomes, long startMs) {
        Query query = from.query();
        List<PairOutcome> all = texts.all(outcomes);
        RankingScore rankingScore =
                RankingScore.of(retrievalWeight, texts.entries().stream().map(Entry::candidate));
        double[] rankingScores = new double[all.size()];
        Arrays.setAll(rankingScores, i -> rankingScore.of(texts.entries().get(i).candidate(), all.get(i)));
        List<Hit> hits = IntStream.range(0, all.size())
                .boxed()
                .sorted(Comparator.<Integer, Boolean>comparing(i -> all.get(i) instanceof Unscored)
                        .thenComparingDouble(i -> -rankingScores[i]))
                .filter(i -> query.minScore() == null || !(all.get(i) instanceof Unscored))
                .map(i -> hit(query, texts.entries().get(i), all.get(i)))
                .filter(hit -> reaches(query.minScore(), hit))
                .toList();
        int readable = all.size() - texts.blank();
        int belowMinScore = query.minScore() == null ? 0 : readable - hits.size();
        boolean anyFailed = all.stream().anyMatch(outcome -> outcome.failure() != null);
        long tokens = outcomes.stream().mapToLong(PairOutcome::tokens).sum();
        int cut = (int) IntStream.range(0, all.size())
                .filter(i ->
                        all.get(i).truncated() || isReadInPart(texts.entries().get(i)))
                .count();
        boolean hosted = all.stream().anyMatch(Rated.class::isInstance);
        Usage usage =
                new Usage(readable, tokens, hosted ? null : cut, billed(outcomes), remarks(from, texts, belowMinScore));
        List<Hit> first = hits.subList(0, Math.min(query.topN(), hits.size()));
        DegradedReason earlier = from.degradedReason();
        DegradedReason reason = earlier == null && anyFailed ? DegradedReason.MODEL_ERROR : earlier;
        return answer(from, texts, first, reason, usage, startMs);
    }

    private static @Nullable Billed billed(List<PairOutcome> outcomes) {
        Bill sum = outcomes.stream()
                .map(PairOutcome::bill)
                .filter(Objects::nonNull)
                .reduce(Bill::plus)
                .orElse(null);
        return sum == null ? null : new Billed(sum.searchUnits(), sum.tokens(), sum.savedPairs());
    }

    /** Makes the answer of a query that was not scored: in first-stage order. */
    RankedResult unscored(
            Candidates from, CandidateTexts texts, @Nullable DegradedReason degradedReason, long startMs) {
        Query query = from.query();
        List<Hit> hits = new ArrayList<>();
        for (Entry entry : texts.entries()
                .subList(0, Math.min(query.topN(), texts.entries().size()))) {
            hits.add(hit(query, entry, null));
        }
        return answer(from, texts, hits, degradedReason, new Usage(0, 0, 0, remarks(from, texts, 0)), startMs);
    }

    /** Returns whether the model was not given all of a text. */
    private static boolean isReadInPart(Entry entry) {
        return entry.cut() && !entry.isBlank();
    }

    private static Remarks remarks(Candidates from, CandidateTexts texts, int belowMinScore) {
        return from.remarks().plus(Remarks.ofRanking(texts.blank(), belowMinScore, texts.missingFields()));
    }

    private Hit hit(Query query, Entry entry, @Nullable PairOutcome outcome) {
        Double relevance = null;
        Float logit = null;
        if (outcome instanceof Scored scored) {
            relevance = activation.of(scored.logit());
            logit = scored.logit();
        } else if (outcome instanceof Rated rated) {
            relevance = rated.relevance();
            logit = rated.logit();
        }
        return new Hit(
                entry.index(),
                entry.document().id(),
                relevance,
                logit == null || !query.returnLogits() ? null : (double) logit,
                query.returnDocuments() ? entry.document() : null,
                entry.candidate().retrieval());
    }

    /** Returns whether a hit has the least score, or none to compare. */
    private static boolean reaches(@Nullable Double minScore, Hit hit) {
        return minScore == null || hit.relevanceScore() == null || hit.relevanceScore() >= minScore;
    }

    private RankedResult answer(
            Candidates from,
            CandidateTexts texts,
            List<Hit> hits,
            @Nullable DegradedReason degradedReason,
            Usage usage,
            long startMs) {
        Query query = from.query();
        long sentMs = query.origin().timestampMs();
        long rerankMs = clock.relativeTimeMillis() - startMs;
        Timing timing = new Timing(
                Math.max(0, query.origin().arrivalMs() - sentMs),
                from.embedMs(),
                from.retrieveMs(),
                rerankMs,
                Math.max(0, clock.absoluteTimeMillis() - sentMs));
        RankedResult answer = metrics.count(
                new RankedResult(query.origin(), query.id(), query.text(), model, hits, degradedReason, usage, timing));
        return replies.add(answer, query, texts);
    }
}
