// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Hit;
import io.streamrank.event.Query;
import io.streamrank.event.RankedResult;
import io.streamrank.event.Remarks;
import io.streamrank.event.Retrieval;
import io.streamrank.event.SparseMatch;
import io.streamrank.event.Usage;
import io.streamrank.inference.Models;
import io.streamrank.state.Candidate;
import io.streamrank.state.Candidates;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.Captured;
import io.streamrank.testing.FakeWords;
import io.streamrank.testing.OverlapCrossEncoder;
import io.streamrank.testing.TestEvents;
import io.streamrank.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.datastream.AsyncDataStream.OutputMode;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.util.MockStreamingRuntimeContext;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In Flink's own async operator. */
class RerankCandidatesTest {
    private static final RerankConfig CONFIG =
            new RerankConfig(TextTemplate.defaults(), true, 0, 100, Duration.ofSeconds(60));

    @AfterEach
    void releaseAndUnload() {
        FakeWords.release();
        await().untilAsserted(() -> assertThat(OverlapCrossEncoder.OPEN).hasValue(0));
    }

    @Test
    void ranksByTheCrossEncoderAndCountsWhatItCost() throws Exception {
        RankedResult answer = answers(
                        candidates(TestEvents.query("red apple pie"), "blue", "apple pie", "red apple pie"))
                .get(0);
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d2", "d1", "d0");
        assertThat(answer.results().get(0).logit()).isEqualTo(3.0);
        assertThat(answer.results().get(0).retrieval().rank()).isEqualTo(2);
        assertThat(answer.model()).isEqualTo("fake:overlap");
        assertThat(answer.usage().pairs()).isEqualTo(3);
        assertThat(answer.usage().tokens()).isPositive();
        assertThat(answer.degraded()).isFalse();
    }

    @Test
    void answersInRetrievalOrderWhereNoCandidateHasARankedField() throws Exception {
        Query misspelt = TestEvents.rankedBy(TestEvents.query("apple"), "titel");

        RankedResult answer =
                answers(candidates(misspelt, "apple", "pie", "apple")).get(0);

        assertThat(answer.results()).extracting(Hit::id).containsExactly("d0", "d1", "d2");
        assertThat(answer.results()).extracting(Hit::relevanceScore).containsOnlyNulls();
        assertThat(answer.usage()).isEqualTo(new Usage(0, 0, 0, Remarks.ofRanking(3, 0, List.of("titel"))));
        assertThat(answer.degraded()).isFalse();
    }

    @Test
    void countsThePairsThatAQueryTooLongForThemWasCutFor() throws Exception {
        String longer = "apple ".repeat(200); // than the model's 128 tokens

        RankedResult answer = answers(candidates(TestEvents.query(longer), "pie", "red apple"))
                .get(0);

        assertThat(answer.usage()).isEqualTo(new Usage(2, 2 * 128, 2));
    }

    @Test
    void countsThePairsOfWhichAFieldWasCut() throws Exception {
        String longer = "pie ".repeat(3_000); // than the 8192 characters that are read of a field

        RankedResult answer = answers(candidates(TestEvents.query("apple"), "apple", longer, "\u00a0".repeat(9_000)))
                .get(0);

        assertThat(answer.usage().pairs()).isEqualTo(2);
        assertThat(answer.usage().truncated()).isEqualTo(1);
        assertThat(answer.usage().remarks().noText()).isEqualTo(1);
    }

    @Test
    @Timeout(30)
    void hasOnlyTheTimeThatEarlierStepsLeft() throws Exception {
        Candidates late = candidates(TestEvents.query("apple"), "apple HANG");
        long spentMs = CONFIG.timeout().toMillis();

        assertThat(answers(new Candidates(late.query(), late.candidates(), null, spentMs, 0, Remarks.NONE))
                        .get(0)
                        .degradedReason())
                .isEqualTo(DegradedReason.TIMEOUT);
    }

    @Test
    void scoresTheCandidatesOfAQueryThatCouldNotBeEmbeddedAndKeepsTheReason() throws Exception {
        Candidates found = candidates(TestEvents.query("red apple pie"), "blue", "apple", "POISON");
        List<Candidate> byWords = IntStream.range(0, 3)
                .mapToObj(i -> new Candidate(
                        found.candidates().get(i).document(), new Retrieval(i, null, null, new SparseMatch(i, 3 - i))))
                .toList();

        RankedResult answer = answers(
                        new Candidates(found.query(), byWords, DegradedReason.OVERLOAD, 1, 1, Remarks.NONE))
                .get(0);

        assertThat(answer.degradedReason()).isEqualTo(DegradedReason.OVERLOAD);
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d1", "d0", "d2");
        assertThat(answer.results().get(0).relevanceScore()).isNotNull();
        assertThat(answer.results().get(0).retrieval().sparse()).isEqualTo(new SparseMatch(1, 2));
    }

    @Test
    void blamesAPairThatFailsAndAnswersDegraded() throws Exception {
        RankedResult answer = answers(candidates(TestEvents.query("apple"), "POISON", "NAN", "pie", "apple"))
                .get(0);
        assertThat(answer.degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d3", "d2", "d0", "d1");
        assertThat(answer.results())
                .filteredOn(hit -> hit.relevanceScore() == null)
                .extracting(Hit::id)
                .containsExactly("d0", "d1");
    }

    @Test
    void aCascadeCutsTheCandidatesAndTheOthersFollowWithoutAScore() throws Exception {
        RankedResult answer =
                cascaded(TestEvents.query("red apple pie"), "blue", "apple", "red apple", "red apple pie");
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d2", "d3", "d1", "d0");
        assertThat(answer.results()).extracting(Hit::logit).containsExactly(-2.0, -3.0, null, null);
        assertThat(answer.results().get(2).relevanceScore()).isNull();
        assertThat(answer.usage().pairs()).isEqualTo(4);
        assertThat(answer.usage().tokens()).isEqualTo(7 + 7 + 8 + 9 + 8 + 9);
        assertThat(answer.degraded()).isFalse();
    }

    @Test
    void aCascadeLeavesFewCandidatesToTheReranker() throws Exception {
        long before = OverlapCrossEncoder.PAIRS.get();
        RankedResult answer = cascaded(TestEvents.query("red apple"), "red apple", "apple");
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d1", "d0");
        assertThat(OverlapCrossEncoder.PAIRS.get() - before).isEqualTo(2);
    }

    @Test
    void aPairThatFailsInTheCascadeAloneIsBlamedForIt() throws Exception {
        RankedResult answer = cascaded(TestEvents.query("red apple"), "POISON", "apple", "blue", "red apple");
        assertThat(answer.degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d1", "d3", "d2", "d0");
    }

    @Test
    void answersInFirstStageOrderWhenTimeIsUpWhileTheModelHangs() throws Exception {
        RankedResult answer = answers(candidates(TestEvents.query("apple", 5, null, 50), "pie", "apple HANG"))
                .get(0);
        assertThat(answer.degradedReason()).isEqualTo(DegradedReason.TIMEOUT);
        assertThat(answer.results()).extracting(Hit::id).containsExactly("d0", "d1");
    }

    @Test
    void answersAQueryWithoutCandidatesWithNothing() throws Exception {
        RankedResult answer = answers(candidates(TestEvents.query("apple"))).get(0);
        assertThat(answer.results()).isEmpty();
        assertThat(answer.degraded()).isFalse();
    }

    @Test
    void keepsTheReasonOfAnEarlierStep() throws Exception {
        Candidates failed =
                new Candidates(TestEvents.query("apple"), List.of(), DegradedReason.OVERLOAD, 1, 1, Remarks.NONE);
        assertThat(answers(failed).get(0).degradedReason()).isEqualTo(DegradedReason.OVERLOAD);
    }

    @Test
    void sendsQueriesInFlightAgainAfterARestore() throws Exception {
        Candidates hanging = candidates(TestEvents.query("apple"), "HANG");
        OperatorSubtaskState state;
        try (var harness = harness()) {
            harness.open();
            harness.processElement(hanging, 0);
            FakeWords.awaitHang();
            state = harness.snapshot(1, 1);
            FakeWords.release();
            harness.endInput();
        }
        try (var harness = harness()) {
            harness.initializeState(state);
            harness.open();
            FakeWords.awaitHang();
            FakeWords.release();
            harness.endInput();
            assertThat(harness.extractOutputValues()).hasSize(1);
        }
    }

    @Test
    void pairsThatTheModelGivesUpBecauseTheTaskClosesDoNotTouchTheTask() throws Exception {
        RerankCandidates closing = new RerankCandidates(TestModels.models(), CONFIG);
        closing.setRuntimeContext(new MockStreamingRuntimeContext(1, 0));
        closing.open(null);
        Captured<RankedResult> answer = new Captured<>();
        closing.asyncInvoke(candidates(TestEvents.query("apple"), "HANG", "apple"), answer);
        FakeWords.awaitHang();

        FakeWords.closeWhileHanging(closing::close);

        assertThat(answer.isDone()).isFalse();
    }

    private static RankedResult cascaded(Query query, String... texts) throws Exception {
        return answers(TestModels.cascade(), candidates(query, texts)).get(0);
    }

    private static List<RankedResult> answers(Candidates... inputs) throws Exception {
        return answers(TestModels.models(), inputs);
    }

    private static List<RankedResult> answers(Models models, Candidates... inputs) throws Exception {
        try (var harness = harness(models)) {
            harness.open();
            for (Candidates input : inputs) {
                harness.processElement(input, 0);
            }
            harness.endInput();
            FakeWords.release();
            return harness.extractOutputValues();
        }
    }

    private static OneInputStreamOperatorTestHarness<Candidates, RankedResult> harness() throws Exception {
        return harness(TestModels.models());
    }

    private static OneInputStreamOperatorTestHarness<Candidates, RankedResult> harness(Models models) throws Exception {
        return new OneInputStreamOperatorTestHarness<>(
                new AsyncWaitOperatorFactory<>(
                        new RerankCandidates(models, CONFIG), 0, CONFIG.capacity(), OutputMode.UNORDERED),
                TypeInformation.of(Candidates.class).createSerializer(new SerializerConfigImpl()));
    }

    private static Candidates candidates(Query query, String... texts) {
        List<Candidate> candidates = new ArrayList<>();
        for (String text : texts) {
            int rank = candidates.size();
            candidates.add(new Candidate(TestEvents.document("d" + rank, text), new Retrieval(rank, 1 - 0.1 * rank)));
        }
        return new Candidates(query, candidates, null, 1, 1, query.remarks());
    }
}
