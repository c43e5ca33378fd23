// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import io.streamrank.event.Hit;
import io.streamrank.event.Origin;
import io.streamrank.event.Query;
import io.streamrank.event.RankedResult;
import io.streamrank.event.Remarks;
import io.streamrank.event.Retrieval;
import io.streamrank.event.Retrieval.SparseMatch;
import io.streamrank.event.Usage;
import io.streamrank.event.Usage.Billed;
import io.streamrank.inference.model.Bill;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Rated;
import io.streamrank.inference.model.PairOutcome.Reason;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.PairOutcome.Unscored;
import io.streamrank.operator.JobMetrics;
import io.streamrank.state.Candidate;
import io.streamrank.state.Candidates;
import io.streamrank.state.TextTemplate;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.ManualClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResultBuilderTest {
    private final ResultBuilder answers = answers(0);

    private static ResultBuilder answers(double retrievalWeight) {
        return new ResultBuilder(
                "test-model",
                retrievalWeight,
                logit -> 1 / (1 + Math.exp(-logit)),
                new ReplySourceSelector(null),
                new AnswerMetrics(new JobMetrics(new UnregisteredMetricsGroup())),
                new ManualClock());
    }

    @Test
    void addsTheWeightedCosineWhereRetrievalHasASay() {
        Candidates candidates = candidates(query(10, null), 3);
        List<PairOutcome> scores =
                List.of(new Scored(1f, 7, false), new Scored(1.2f, 7, false), new Scored(4f, 7, false));
        // cosines 1.0, 0.9, 0.8: keys 12.1, 11.3, 13.0
        assertThat(answers(10).scored(candidates, ranked(candidates), scores, 0).results())
                .extracting(Hit::id)
                .containsExactly("d2", "d0", "d1");
    }

    @Test
    void addsTheShareOfTheBestScoreByBm25WhereRetrievalHasASay() {
        Query query = query(10, null);
        Candidates candidates = new Candidates(
                query,
                List.of(
                        found("dense-alone", 0.80, null),
                        found("half", 0.77, new SparseMatch(1, 6)),
                        found("best", 0.75, new SparseMatch(0, 12))),
                null,
                1,
                1,
                query.remarks());
        List<PairOutcome> scores = Collections.nCopies(3, new Scored(1f, 7, false));
        // 0.80, 0.77 + 0.04, 0.75 + 0.08
        assertThat(answers(10).scored(candidates, ranked(candidates), scores, 0).results())
                .extracting(Hit::id)
                .containsExactly("best", "half", "dense-alone");
        assertThat(answers(0).scored(candidates, ranked(candidates), scores, 0).results())
                .extracting(Hit::id)
                .containsExactly("dense-alone", "half", "best");
    }

    private static Candidate found(String id, double cosine, @Nullable SparseMatch sparse) {
        return new Candidate(
                new Document(id, "c", List.of(new Field("text", id)), null, null),
                new Retrieval(0, cosine, null, sparse));
    }

    @Test
    void leavesTheOrderOfIrrelevantOnesToRetrievalWhereItHasASay() {
        Candidates candidates = candidates(query(10, null), 2);
        List<PairOutcome> scores = List.of(new Scored(-6f, 7, false), new Scored(-4f, 7, false));
        assertThat(answers(10).scored(candidates, ranked(candidates), scores, 0).results())
                .extracting(Hit::id)
                .containsExactly("d0", "d1");
        assertThat(answers(0).scored(candidates, ranked(candidates), scores, 0).results())
                .extracting(Hit::id)
                .containsExactly("d1", "d0");
    }

    @Test
    void ordersByLogitAndKeepsFirstStageOrderBetweenEquals() {
        RankedResult answer = scored(query(10, null), 1f, 3f, 1f, 2f);
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d1", "d3", "d0", "d2");
        assertThat(answer.results()).extracting(Hit::index).containsExactly(1, 3, 0, 2);
        assertThat(answer.degraded()).isFalse();
        assertThat(answer.model()).isEqualTo("test-model");
    }

    @Test
    void tellsLogitsApartThatTheActivationSaturates() {
        RankedResult answer = scored(query(10, null), 50f, 60f);
        assertThat(answer.results()).extracting(Hit::relevanceScore).containsExactly(1.0, 1.0);
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d1", "d0");
    }

    @Test
    void cutsToTopNAfterLeavingOutWhatIsBelowMinScore() {
        assertThat(scored(query(2, null), 1f, 2f, 3f).results()).hasSize(2);
        assertThat(scored(query(3, 0.9), -1f, 3f, 2.5f).results())
                .extracting(Hit::id)
                .containsExactly("d1", "d2");
    }

    @Test
    void putsFailedPairsLastAndSaysWhyTheAnswerIsDegraded() {
        List<PairOutcome> scores = List.of(new Failed("the model gave NaN", 5, false), new Scored(-9f, 5, true));
        RankedResult answer =
                answers.scored(candidates(query(10, 0.0), 2), ranked(candidates(query(10, null), 2)), scores, 0);
        assertThat(answer.degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d1", "d0");
        assertThat(answer.results().get(1).relevanceScore()).isNull();
        assertThat(answer.usage()).isEqualTo(new Usage(2, 10, 1));
    }

    @Test
    void putsFailedPairsLastWhereRetrievalHasASayToo() {
        Candidates candidates = candidates(query(10, null), 3);
        List<PairOutcome> scores = List.of(
                new Failed("the model gave NaN", 5, false), new Scored(-9f, 5, false), new Scored(-9f, 5, false));
        // cosines 1.0, 0.9, 0.8
        assertThat(answers(10).scored(candidates, ranked(candidates), scores, 0).results())
                .extracting(Hit::id)
                .containsExactly("d1", "d2", "d0");
    }

    @Test
    void ordersByTheProvidersScoreAndAddsUpItsBill() {
        List<PairOutcome> scores = List.of(
                new Rated(0.9999999, null, 40, new Bill(1, 0, 0)),
                new Rated(0.99999999, null, 0, Bill.SAVED),
                new Rated(0.2, null, 0, Bill.NONE));
        Candidates candidates = candidates(query(10, 0.5), 3);
        RankedResult answer = answers.scored(candidates, ranked(candidates), scores, 0);
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d1", "d0"); // no clamp ties them
        assertThat(answer.results()).extracting(Hit::relevanceScore).containsExactly(0.99999999, 0.9999999);
        assertThat(answer.results()).extracting(Hit::logit).containsOnlyNulls();
        assertThat(answer.usage())
                .isEqualTo(new Usage(3, 40, null, new Billed(1, 0, 1), Remarks.ofRanking(0, 1, List.of())));
    }

    @Test
    void mixesALogitOfTheProvidersScoreWithTheCosine() {
        Candidates candidates = candidates(query(10, null), 3);
        List<PairOutcome> scores = List.of(
                new Rated(0, null, 0, Bill.NONE), new Rated(0.5, null, 0, Bill.NONE), new Rated(1, null, 0, Bill.NONE));
        // cosines 1.0, 0.9, 0.8: keys 10.0, 9 + ln(1 + e), 8 + 14.8
        assertThat(answers(10).scored(candidates, ranked(candidates), scores, 0).results())
                .extracting(Hit::id)
                .containsExactly("d2", "d1", "d0");
        assertThat(new Rated(0.5, 3f, 0, Bill.NONE).logitOrEstimate()).isEqualTo(3);
        assertThat(new Rated(-2.5, null, 0, Bill.NONE).logitOrEstimate()).isEqualTo(-2.5);
        assertThat(new Rated(1, null, 0, Bill.NONE).logitOrEstimate()).isCloseTo(13.8, within(0.1));
    }

    @Test
    void leavesOutWhatACascadeCutWhereTheQueryHasALeastScore() {
        List<PairOutcome> scores =
                List.of(new Unscored(Reason.CASCADE, new Scored(9f, 5, false)), new Scored(1f, 5, false));
        assertThat(answers.scored(candidates(query(10, null), 2), ranked(candidates(query(10, null), 2)), scores, 0)
                        .results())
                .extracting(Hit::id, Hit::relevanceScore)
                .containsExactly(tuple("d1", 1 / (1 + Math.exp(-1))), tuple("d0", null));
        assertThat(answers.scored(candidates(query(10, 0.1), 2), ranked(candidates(query(10, 0.1), 2)), scores, 0)
                        .results())
                .extracting(Hit::id)
                .containsExactly("d1");
    }

    @Test
    void answersUnscoredCandidatesInFirstStageOrder() {
        Candidates three = candidates(query(2, 0.99), 3);
        RankedResult answer = answers.unscored(three, ranked(three), DegradedReason.TIMEOUT, 0);
        assertThat(answer.degradedReason()).isEqualTo(DegradedReason.TIMEOUT);
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d0", "d1");
        assertThat(answer.results()).extracting(Hit::relevanceScore).containsOnlyNulls();
        assertThat(answer.results().get(1).retrieval()).isEqualTo(new Retrieval(1, 0.9));
    }

    @Test
    void tellsWhatTheLeastScoreKeptOutAndWhichFieldsNoCandidateHas() {
        Candidates candidates = candidates(query(10, 0.9), 3);
        CandidateTexts ranked = CandidateTexts.of(
                candidates.candidates(), TextTemplate.defaults().orFields(List.of("titel", "text")));

        RankedResult answer = answers.scored(
                candidates,
                ranked,
                List.of(new Scored(-1f, 7, false), new Scored(3f, 7, false), new Scored(1f, 7, false)),
                0);

        assertThat(answer.usage().remarks()).isEqualTo(Remarks.ofRanking(0, 2, List.of("titel")));
    }

    @Test
    void callsCandidatesByTheirRankAndDocumentsOfTheQueryByTheirPosition() {
        Candidate retrieved = candidates(query(5, null), 3).candidates().get(2);
        Candidate inline = new Candidate(retrieved.document(), null);

        assertThat(CandidateTexts.of(List.of(retrieved, inline), TextTemplate.defaults())
                        .entries())
                .extracting(CandidateTexts.Entry::index)
                .containsExactly(2, 1);
    }

    @Test
    void putsWhatHasNothingToReadLastWithoutAScore() {
        Candidates candidates = candidates(query(10, null), "", "a", "\n\u00a0", "b");
        CandidateTexts ranked = ranked(candidates);
        List<PairOutcome> scores = List.of(new Scored(-9f, 5, false), new Scored(-8f, 5, false));

        RankedResult answer = answers.scored(candidates, ranked, scores, 0);

        assertThat(ranked.readable()).containsExactly("a", "b");
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d3", "d1", "d0", "d2");
        assertThat(answer.results()).extracting(Hit::index).containsExactly(3, 1, 0, 2);
        assertThat(answer.results().subList(2, 4))
                .extracting(Hit::relevanceScore)
                .containsOnlyNulls();
        assertThat(answer.degraded()).isFalse();
        assertThat(answer.usage()).isEqualTo(new Usage(2, 10, 0, Remarks.ofRanking(2, 0, List.of())));
        assertThat(answers.scored(candidates(query(10, 0.0), 4), ranked, scores, 0)
                        .results())
                .extracting(Hit::id)
                .containsExactly("d3", "d1");
        assertThat(answers.unscored(candidates, ranked, null, 0).results())
                .extracting(Hit::id)
                .containsExactly("d0", "d1", "d2", "d3");
    }

    private RankedResult scored(Query query, float... logits) {
        Candidates candidates = candidates(query, logits.length);
        List<PairOutcome> scores = IntStream.range(0, logits.length)
                .<PairOutcome>mapToObj(i -> new Scored(logits[i], 7, false))
                .toList();
        return answers.scored(candidates, ranked(candidates), scores, 0);
    }

    private static CandidateTexts ranked(Candidates candidates) {
        return CandidateTexts.of(candidates.candidates(), TextTemplate.defaults());
    }

    private static Candidates candidates(Query query, int count) {
        return candidates(
                query, IntStream.range(0, count).mapToObj(i -> "t" + i).toArray(String[]::new));
    }

    private static Candidates candidates(Query query, String... texts) {
        List<Candidate> candidates = IntStream.range(0, texts.length)
                .mapToObj(i -> new Candidate(
                        new Document("d" + i, "c", List.of(new Field("text", texts[i])), null, null),
                        new Retrieval(i, 1 - 0.1 * i)))
                .toList();
        return new Candidates(query, candidates, null, 1, 1, query.remarks());
    }

    private static Query query(int topN, @Nullable Double minScore) {
        Origin origin =
                new Origin("queries", 0, 1, System.currentTimeMillis(), System.currentTimeMillis(), null, List.of());
        return new Query(origin, "q", "what", "c", 10, topN, List.of(), minScore, false, true, null, 0, null);
    }
}
