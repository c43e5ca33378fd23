// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.testing.OverlapCrossEncoder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PairScorerTest {
    private static final long SOON = Long.MAX_VALUE - 1;

    private final TestStage stage = new TestStage();
    private CrossEncoder model;
    private PairScorer scorer;

    @BeforeEach
    void open() throws Exception {
        model = OverlapCrossEncoder.factory().open();
        scorer = new PairScorer(PairEncoder.of(model, PairPolicy.defaults()), PairPolicy.defaults(), stage);
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void asksWithAsManyTokensAsPairsFirstAndThenWithAllTheirTokens() throws Exception {
        score("red car", List.of("a fast car", "food", "food"));
        assertThat(stage.asked).containsExactly(List.of(2L, 2L, SOON), List.of(2L, 8L + 6L, SOON));
        assertThat(stage.queue).extracting(InferenceTask::tokens).containsExactly(8, 6);
    }

    @Test
    void whatIsRefusedIsNotTokenised() {
        stage.limit = 0;
        long before = OverlapCrossEncoder.TEXTS.get();
        assertThatThrownBy(() -> score("red car", List.of("a fast car", "food")))
                .isInstanceOf(OverloadException.class)
                .hasMessage("no time for 2 tokens");
        assertThat(OverlapCrossEncoder.TEXTS.get()).isEqualTo(before);
        assertThat(stage.queue).isEmpty();
    }

    @Test
    void whatIsTooMuchOnceItIsTokenisedIsRefusedAsAWhole() {
        stage.limit = 10;
        assertThatThrownBy(() -> score("red car", List.of("a fast car", "food")).join())
                .hasCauseInstanceOf(OverloadException.class)
                .hasMessageContaining("no time for 14 tokens");
        assertThat(stage.queue).isEmpty();
    }

    @Test
    void aQueryWhoseScoresAreAllKnownIsNeverRefused() throws Exception {
        score("red car", List.of("a fast car", "food"));
        stage.queue.forEach(task -> task.complete(1f));
        stage.limit = 0;
        assertThat(score("red car", List.of("food", "a fast car")).join()).hasSize(2);
    }

    @Test
    void pairsOnTheirWayAreNoMoreWork() throws Exception {
        score("red car", List.of("a fast car", "food"));
        stage.limit = 0;
        CompletableFuture<List<PairOutcome>> second = score("red car", List.of("food"));
        stage.queue.forEach(task -> task.complete(1f));
        assertThat(second.join()).hasSize(1);
    }

    @Test
    void pairsOnTheirWayAreNotTokenisedAgain() throws Exception {
        score("red car", List.of("a fast car", "food"));
        long before = OverlapCrossEncoder.TEXTS.get();
        score("red car", List.of("food", "a fast car"));
        assertThat(OverlapCrossEncoder.TEXTS.get()).isEqualTo(before);
        assertThat(stage.queue).hasSize(2);
    }

    private CompletableFuture<List<PairOutcome>> score(String query, List<String> passages) throws InferenceException {
        CompletableFuture<List<PairOutcome>> answer = new CompletableFuture<>();
        scorer.score(query, passages, 0, SOON, answer);
        return answer;
    }
}
