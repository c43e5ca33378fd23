// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.model.PairScore;
import io.streamrank.testing.OverlapCrossEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PairScorerTest {
    private static final long SOON = Long.MAX_VALUE - 1;

    private final List<InferenceTask<Float>> line = new ArrayList<>();
    /** What it was asked, as items and tokens. */
    private final List<List<Long>> asked = new ArrayList<>();

    private long limit = Long.MAX_VALUE;
    private CrossEncoder model;
    private PairScorer scorer;

    @BeforeEach
    void open() throws Exception {
        model = OverlapCrossEncoder.factory().open();
        scorer = new PairScorer(
                PairEncoder.of(model, PairPolicy.defaults()), PairPolicy.defaults(), this::admit, line::addAll);
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void asksWithAsManyTokensAsPairsFirstAndThenWithAllTheirTokens() throws Exception {
        score("red car", List.of("a fast car", "food", "food"));
        assertThat(asked).containsExactly(List.of(2L, 2L), List.of(2L, 8L + 6L));
        assertThat(line).extracting(InferenceTask::tokens).containsExactly(8, 6);
    }

    @Test
    void whatIsRefusedIsNotTokenised() {
        limit = 0;
        long before = OverlapCrossEncoder.TEXTS.get();
        assertThatThrownBy(() -> score("red car", List.of("a fast car", "food")))
                .isInstanceOf(OverloadException.class)
                .hasMessage("no time for 2 tokens");
        assertThat(OverlapCrossEncoder.TEXTS.get()).isEqualTo(before);
        assertThat(line).isEmpty();
    }

    @Test
    void whatIsTooMuchOnceItIsTokenisedIsRefusedAsAWhole() {
        limit = 10;
        assertThatThrownBy(() -> score("red car", List.of("a fast car", "food")))
                .isInstanceOf(OverloadException.class)
                .hasMessage("no time for 14 tokens");
        assertThat(line).isEmpty();
    }

    @Test
    void aQueryWhoseScoresAreAllKnownIsNeverRefused() throws Exception {
        score("red car", List.of("a fast car", "food"));
        line.forEach(task -> task.result().complete(1f));
        limit = 0;
        assertThat(score("red car", List.of("food", "a fast car")).join()).hasSize(2);
    }

    @Test
    void pairsOnTheirWayAreNoMoreWork() throws Exception {
        score("red car", List.of("a fast car", "food"));
        limit = 0;
        CompletableFuture<List<PairScore>> second = score("red car", List.of("food"));
        line.forEach(task -> task.result().complete(1f));
        assertThat(second.join()).hasSize(1);
    }

    private CompletableFuture<List<PairScore>> score(String query, List<String> passages) throws InferenceException {
        CompletableFuture<List<PairScore>> scores = new CompletableFuture<>();
        scorer.score(query, passages, 0, SOON, scores);
        return scores;
    }

    private void admit(int items, long tokens, long deadlineNanos) throws OverloadException {
        assertThat(deadlineNanos).isEqualTo(SOON);
        asked.add(List.of((long) items, tokens));
        if (tokens > limit) {
            throw new OverloadException("no time for " + tokens + " tokens");
        }
    }
}
