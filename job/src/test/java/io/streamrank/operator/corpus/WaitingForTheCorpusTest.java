// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Embedding;
import io.streamrank.operator.document.TrackCorpusLoading;
import io.streamrank.state.Candidates;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.TestEvents;
import io.streamrank.testing.TestModels;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** What becomes of queries that come to {@link RetrieveCandidates} before the corpus is loaded. */
class WaitingForTheCorpusTest {
    private static final long NOW = 1_000_000;

    @Test
    void answersAtItsOwnTimeLimitWhatStillWaits() throws Exception {
        try (var harness = opened(config(true, 10), null)) {
            harness.processElement1(query("patient", 0), 0);
            harness.processElement1(query("later", 900), 0);
            harness.processElement1(query("sooner", 500), 0);
            harness.setProcessingTime(NOW + 499);
            assertThat(answers(harness)).isEmpty();
            harness.setProcessingTime(NOW + 500);
            assertThat(answers(harness)).containsExactly("sooner: TIMEOUT");
            harness.setProcessingTime(NOW + 5_000);
            assertThat(answers(harness)).containsExactly("sooner: TIMEOUT", "later: TIMEOUT");
            harness.processWatermark2(TrackCorpusLoading.LOADED);
            assertThat(answers(harness)).containsExactly("sooner: TIMEOUT", "later: TIMEOUT", "patient: null");
        }
    }

    @Test
    void answersOnceWhatWasStillInTime() throws Exception {
        try (var harness = opened(config(true, 10), null)) {
            harness.processElement1(query("q", 500), 0);
            harness.processWatermark2(TrackCorpusLoading.LOADED);
            harness.setProcessingTime(NOW + 500);
            assertThat(answers(harness)).containsExactly("q: null");
        }
    }

    @Test
    void answersAtOnceWhatFindsNoRoom() throws Exception {
        try (var harness = opened(config(true, 1), null)) {
            harness.processElement1(query("a", 0), 0);
            harness.processElement1(query("b", 0), 0);
            assertThat(answers(harness)).containsExactly("b: OVERLOAD");
        }
    }

    @Test
    void takesMoreWhenThereIsRoomAgain() throws Exception {
        try (var harness = opened(config(true, 2), null)) {
            harness.processElement1(query("a", 500), 0);
            harness.processElement1(query("b", 0), 0);
            harness.processElement1(query("c", 0), 0);
            harness.setProcessingTime(NOW + 500);
            harness.processElement1(query("d", 0), 0);
            assertThat(answers(harness)).containsExactly("c: OVERLOAD", "a: TIMEOUT");
            harness.processWatermark2(TrackCorpusLoading.LOADED);
            assertThat(answers(harness)).containsExactly("c: OVERLOAD", "a: TIMEOUT", "b: null", "d: null");
        }
    }

    @Test
    void keepsTheFirstReasonOfAQueryThatCouldNotBeEmbedded() throws Exception {
        try (var harness = opened(config(true, 10), null)) {
            EmbeddedQuery failed = new EmbeddedQuery(query("q", 500).query(), null, DegradedReason.MODEL_ERROR, 3);
            harness.processElement1(failed, 0);
            harness.setProcessingTime(NOW + 500);
            assertThat(answers(harness)).containsExactly("q: MODEL_ERROR");
        }
    }

    @Test
    void remembersTimeLimitsAcrossARestore() throws Exception {
        OperatorSubtaskState state = stateOf(query("past", 100), query("to come", 900), query("patient", 0));
        try (var harness = opened(config(true, 10), state)) {
            harness.setProcessingTime(NOW + 500);
            assertThat(answers(harness)).containsExactly("past: TIMEOUT");
            harness.setProcessingTime(NOW + 900);
            assertThat(answers(harness)).containsExactly("past: TIMEOUT", "to come: TIMEOUT");
            harness.processWatermark2(TrackCorpusLoading.LOADED);
            assertThat(answers(harness)).last().isEqualTo("patient: null");
        }
    }

    @Test
    void keepsMoreAcrossARestoreThanItWouldTakeInNow() throws Exception {
        OperatorSubtaskState state = stateOf(query("one", 0), query("two", 0), query("three", 0));
        try (var harness = opened(config(true, 1), state)) {
            harness.processElement1(query("new", 0), 0);
            assertThat(answers(harness)).containsExactly("new: OVERLOAD");
            harness.processWatermark2(TrackCorpusLoading.LOADED);
            assertThat(answers(harness)).contains("one: null", "two: null", "three: null");
        }
    }

    private static OperatorSubtaskState stateOf(EmbeddedQuery... waiting) throws Exception {
        try (var harness = opened(config(true, 10), null)) {
            for (EmbeddedQuery query : waiting) {
                harness.processElement1(query, 0);
            }
            return harness.snapshot(1, 1);
        }
    }

    @Test
    void storesWhatWaitsAndNothingOfWhatWasAnswered() throws Exception {
        try (var harness = opened(config(true, 10), null)) {
            for (int i = 0; i < 5; i++) {
                harness.processElement1(query("q" + i, i < 2 ? 500 : 0), 0);
            }
            assertThat(stored(harness)).isEqualTo(5);
            harness.setProcessingTime(NOW + 500);
            assertThat(stored(harness)).isEqualTo(3);
            harness.processWatermark2(TrackCorpusLoading.LOADED);
            assertThat(stored(harness)).isZero();
        }
    }

    @Test
    void nothingWaitsWhereQueriesNeedNotWaitForTheCorpus() throws Exception {
        try (var harness = opened(config(false, 10), null)) {
            harness.processElement1(query("early", 0), 0);
            harness.processElement2(TestEvents.update("a", 1, "text", 1, 0), 0);
            harness.processElement1(query("later", 0), 0);
            assertThat(answers(harness)).containsExactly("early: null", "later: null");
            assertThat(harness.extractOutputValues().get(0).candidates()).isEmpty();
            assertThat(harness.extractOutputValues().get(1).candidates()).hasSize(1);
        }
    }

    @Test
    void whatWaitedBeforeARestoreIsAnsweredAtOnceWhereQueriesNeedNotWaitAnyMore() throws Exception {
        OperatorSubtaskState state;
        try (var harness = opened(config(true, 10), null)) {
            harness.processElement1(query("q", 0), 0);
            harness.processElement2(TestEvents.update("a", 1, "text", 1, 0), 0);
            state = harness.snapshot(1, 1);
        }
        try (var harness = opened(config(false, 10), state)) {
            harness.setProcessingTime(NOW + 1);
            assertThat(answers(harness)).containsExactly("q: null");
            assertThat(harness.extractOutputValues().get(0).candidates()).hasSize(1);
        }
    }

    private static EmbeddedQuery query(String text, long timeoutMs) {
        return new EmbeddedQuery(
                TestEvents.query(text, 10, null, timeoutMs, NOW), new Embedding(new float[] {1, 0}), null, 1);
    }

    private static List<String> answers(
            TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness) {
        return harness.extractOutputValues().stream()
                .map(answer -> answer.query().text() + ": " + answer.degradedReason())
                .toList();
    }

    /** How many queries a checkpoint holds. */
    private static long stored(TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness)
            throws Exception {
        OperatorSubtaskState state = harness.snapshot(1, 1);
        try (var other = opened(config(true, 1), state)) {
            other.processWatermark2(TrackCorpusLoading.LOADED);
            return other.extractOutputValues().size();
        }
    }

    private static CorpusConfig config(boolean waitUntilLoaded, int maxWaitingQueries) {
        return RetrieveCandidatesHarness.config(
                TextTemplate.defaults(), SparseConfig.defaults(), waitUntilLoaded, maxWaitingQueries);
    }

    private static TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> opened(
            CorpusConfig config, OperatorSubtaskState state) throws Exception {
        var harness =
                new TwoInputStreamOperatorTestHarness<>(new RetrieveCandidates(TestModels.models(), config, null));
        harness.setProcessingTime(NOW);
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }
}
