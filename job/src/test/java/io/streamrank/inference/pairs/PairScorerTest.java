// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ItemFailedException;
import io.streamrank.inference.model.LongDocuments;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.stats.CacheStats;
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

    @Test
    void withoutAScoreCacheEachQueryHasPairsOfItsOwn() throws Exception {
        scorer = withoutScoreCache(LongDocuments.TRUNCATE);
        CompletableFuture<List<PairOutcome>> first = score("red car", List.of("a fast car", "food", "food"));
        CompletableFuture<List<PairOutcome>> second = score("red car", List.of("food"));
        assertThat(stage.asked)
                .containsExactly(
                        List.of(2L, 2L, SOON),
                        List.of(2L, 8L + 6L, SOON),
                        List.of(1L, 1L, SOON),
                        List.of(1L, 6L, SOON));
        assertThat(stage.queue).hasSize(3);
        stage.queue.get(0).complete(1f);
        stage.queue.get(1).fail(new ItemFailedException("it fails", null));
        stage.queue.get(2).complete(2f);
        assertThat(first.join())
                .containsExactly(
                        new Scored(1f, 8, false), new Failed("it fails", 6, false), new Failed("it fails", 6, false));
        assertThat(second.join()).containsExactly(new Scored(2f, 6, false));
        assertThat(scorer.scoreCache()).isEqualTo(new CacheStats(0, 3));
        assertThat(stage.queue).allMatch(InferenceTask::isDone);
    }

    @Test
    void withoutAScoreCacheWhatIsNoFaultOfAPairFailsItsQueryAlone() throws Exception {
        scorer = withoutScoreCache(LongDocuments.TRUNCATE);
        CompletableFuture<List<PairOutcome>> first = score("red car", List.of("a fast car", "food"));
        CompletableFuture<List<PairOutcome>> second = score("red car", List.of("food"));
        stage.queue.get(0).expire();
        assertThat(first).isCompletedExceptionally();
        assertThat(stage.queue.get(1).isDone()).isTrue();
        assertThat(second).isNotDone();
        stage.limit = 1;
        assertThatThrownBy(() -> score("red car", List.of("food", "a fast car")))
                .isInstanceOf(OverloadException.class);
        assertThatThrownBy(() -> score("red car", List.of("food")))
                .isInstanceOf(OverloadException.class)
                .hasMessage("no time for 6 tokens");
    }

    @Test
    void withoutAScoreCacheTheBestChunkOfALongPassageCounts() throws Exception {
        scorer = withoutScoreCache(LongDocuments.CHUNK);
        CompletableFuture<List<PairOutcome>> answer =
                score("red car", List.of("word ".repeat(model.info().maxTokens() + 10)));
        assertThat(stage.queue).hasSizeGreaterThan(1);
        stage.queue.forEach(task -> task.complete(1f + task.tokens() % 2));
        float best = stage.queue.stream()
                .map(task -> 1f + task.tokens() % 2)
                .max(Float::compare)
                .orElseThrow();
        assertThat(answer.join())
                .extracting(outcome -> ((Scored) outcome).logit())
                .containsExactly(best);

        CompletableFuture<List<PairOutcome>> failing =
                score("red car", List.of("word ".repeat(model.info().maxTokens() + 10)));
        List<InferenceTask<Float>> chunks = stage.queue.subList(stage.queue.size() / 2, stage.queue.size());
        chunks.forEach(task -> task.fail(new ItemFailedException("it fails", null)));
        assertThat(failing.join()).extracting(PairOutcome::failure).containsExactly("it fails");
    }

    private PairScorer withoutScoreCache(LongDocuments longDocuments) throws Exception {
        PairPolicy policy = new PairPolicy(1 << 20, 0, 0, longDocuments, 8, 8);
        return new PairScorer(PairEncoder.of(model, policy), policy, stage);
    }

    private CompletableFuture<List<PairOutcome>> score(String query, List<String> passages) throws InferenceException {
        CompletableFuture<List<PairOutcome>> answer = new CompletableFuture<>();
        scorer.score(query, passages, 0, SOON, answer);
        return answer;
    }
}
