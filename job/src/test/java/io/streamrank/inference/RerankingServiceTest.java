// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.LongDocuments;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.inference.stats.CacheStats;
import io.streamrank.testing.FakeWords;
import io.streamrank.testing.HashingEmbedder;
import io.streamrank.testing.OverlapCrossEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RerankingServiceTest {
    private static final long NEVER = Long.MAX_VALUE;

    @AfterEach
    void releaseHungRuns() {
        FakeWords.release();
    }

    @Test
    void scoresComeInTheOrderOfThePassages() throws Exception {
        try (PassageReranker service = models(2).openReranker()) {
            List<PairOutcome> scores = get(
                    service.score("red fast car", List.of("a red car", "nothing", "red fast car", "fast food"), NEVER));
            assertThat(scores).extracting(RerankingServiceTest::logit).containsExactly(2f, 0f, 3f, 1f);
            assertThat(scores).extracting(PairOutcome::tokens).containsExactly(9, 7, 9, 8);
            assertThat(scores).allMatch(score -> score.failure() == null && !score.truncated());
        }
    }

    @Test
    void scoresIdenticalPassagesOnce() throws Exception {
        try (PassageReranker service = models(1).openReranker()) {
            List<PairOutcome> scores = get(service.score("a", List.of("a b", "c", "a b", "a b"), NEVER));
            assertThat(scores).extracting(RerankingServiceTest::logit).containsExactly(1f, 0f, 1f, 1f);
            assertThat(service.stats().items()).isEqualTo(2);
        }
    }

    @Test
    void tokenisesAPassageOnceAndAQueryOnceAQuery() throws Exception {
        try (PassageReranker service = models(1).openReranker()) {
            long before = OverlapCrossEncoder.TEXTS.get();
            List<PairOutcome> first = get(service.score("a", List.of("a b", "c", "a b"), NEVER));
            List<PairOutcome> second = get(service.score("b", List.of("a b", "c", "d"), NEVER));
            assertThat(first).extracting(RerankingServiceTest::logit).containsExactly(1f, 0f, 1f);
            assertThat(second).extracting(RerankingServiceTest::logit).containsExactly(1f, 0f, 0f);
            assertThat(OverlapCrossEncoder.TEXTS.get() - before).isEqualTo(2 + 3);
            assertThat(service.tokenCache()).isEqualTo(new CacheStats(2, 3));
        }
    }

    @Test
    void withoutACacheEveryTextIsTokenisedAgain() throws Exception {
        try (PassageReranker service =
                models(1, new PairPolicy(0, 0, 0, LongDocuments.TRUNCATE, 0, 1)).openReranker()) {
            long before = OverlapCrossEncoder.TEXTS.get();
            get(service.score("a", List.of("a b", "c"), NEVER));
            get(service.score("b", List.of("a b", "c"), NEVER));
            assertThat(OverlapCrossEncoder.TEXTS.get() - before).isEqualTo(2 + 4);
        }
    }

    @Test
    void answersAreTheSameWithAndWithoutCaches() throws Exception {
        List<String> words = List.of("red", "car", "fast", "a", "NAN", "food", "POISON", "green");
        Random random = new Random(9);
        try (PassageReranker with = models(2).openReranker();
                PassageReranker without = models(2, new PairPolicy(0, 0, 0, LongDocuments.TRUNCATE, 0, 1))
                        .openReranker()) {
            for (int round = 0; round < 300; round++) {
                String query = words.get(random.nextInt(3));
                List<String> passages = IntStream.range(0, 5)
                        .mapToObj(i -> words.get(random.nextInt(8)) + " " + words.get(random.nextInt(8)))
                        .toList();
                assertThat(get(with.score(query, passages, NEVER)))
                        .isEqualTo(get(without.score(query, passages, NEVER)));
            }
            assertThat(with.scoreCache().hits()).isPositive();
            assertThat(without.scoreCache().hits()).isZero();
            assertThat(with.stats().items()).isLessThan(without.stats().items());
        }
    }

    @Test
    void aPairThatWasScoredIsNotScoredAgainButAnotherTextIs() throws Exception {
        try (PassageReranker service = models(1).openReranker()) {
            get(service.score("a", List.of("a b", "c"), NEVER));
            assertThat(get(service.score("a", List.of("c", "a b"), NEVER)))
                    .extracting(RerankingServiceTest::logit)
                    .containsExactly(0f, 1f);
            assertThat(service.stats().items()).isEqualTo(2);
            get(service.score("a", List.of("a b!"), NEVER));
            get(service.score("A", List.of("c"), NEVER));
            assertThat(service.stats().items()).isEqualTo(4);
            assertThat(service.scoreCache()).isEqualTo(new CacheStats(2, 4));
        }
    }

    @Test
    void identicalQueriesAtTheSameTimeAreScoredOnce() throws Exception {
        try (PassageReranker service = models(2).openReranker()) {
            CompletableFuture<List<PairOutcome>> first = service.score("a", List.of("a HANG"), NEVER);
            FakeWords.awaitHang();
            CompletableFuture<List<PairOutcome>> second = service.score("a", List.of("a HANG"), NEVER);
            get(service.score("b", List.of("c"), NEVER)); // behind the second, so that one is on its way by now
            assertThat(second).isNotDone();
            FakeWords.release();
            assertThat(get(first)).isEqualTo(get(second));
            assertThat(service.stats().items()).isEqualTo(2);
        }
    }

    @Test
    void readsLongDocumentsInChunksWhereToldTo() throws Exception {
        PairPolicy inChunks = new PairPolicy(1 << 20, 1 << 20, 0, LongDocuments.CHUNK, 8, 4);
        try (PassageReranker chunked = models(1, inChunks).openReranker();
                PassageReranker cut = models(1).openReranker()) {
            List<String> passages = List.of("much ".repeat(200) + "treasure", "much ".repeat(2_000) + "treasure");
            List<PairOutcome> scores = get(chunked.score("treasure", passages, NEVER));
            assertThat(scores).extracting(RerankingServiceTest::logit).containsExactly(1f, 0f);
            assertThat(scores).extracting(PairOutcome::truncated).containsExactly(false, true);
            assertThat(scores.get(0).tokens()).isGreaterThan(201).isLessThan(240);
            assertThat(logit(get(cut.score("treasure", passages, NEVER)).get(0)))
                    .isZero();
        }
    }

    @Test
    void saysWhichPairsWereCut() throws Exception {
        try (PassageReranker service = models(1).openReranker()) {
            List<PairOutcome> scores = get(service.score("word", List.of("word ".repeat(500), "short"), NEVER));
            assertThat(scores).extracting(PairOutcome::truncated).containsExactly(true, false);
            assertThat(scores.get(0).tokens()).isEqualTo(128);
        }
    }

    @Test
    void onlyThePairThatFailsFails() throws Exception {
        try (PassageReranker service = models(1).openReranker()) {
            List<PairOutcome> scores =
                    get(service.score("a", List.of("a one", "a POISON", "a two", "a NAN", "a three"), NEVER));
            assertThat(scores)
                    .extracting(score -> score.failure() == null)
                    .containsExactly(true, false, true, false, true);
            assertThat(scores.get(1).failure())
                    .isEqualTo("Model fake:overlap failed on a text of 6 tokens: it met POISON");
            assertThat(scores.get(3).failure())
                    .isEqualTo("Model fake:overlap failed on a text of 6 tokens: its logit is NaN");
            assertThat(scores.get(1)).isInstanceOf(Failed.class);
        }
    }

    @Test
    void failsAtTheDeadlineThoughTheModelHangs() throws Exception {
        try (PassageReranker service = models(1).openReranker()) {
            CompletableFuture<List<PairOutcome>> hung = service.score("a", List.of("HANG"), NEVER);
            FakeWords.awaitHang();
            long soon = System.nanoTime() + Duration.ofMillis(20).toNanos();
            assertThatThrownBy(() -> get(service.score("a", List.of("b"), soon)))
                    .hasCauseInstanceOf(DeadlineExceededException.class)
                    .hasMessageContaining(
                            "Model fake:overlap did not answer before the deadline; allow more time or send less.");
            assertThat(hung).isNotDone();
            FakeWords.release();
            assertThat(get(hung)).hasSize(1);
        }
    }

    @Test
    void doesNotRunWhatIsTooLate() throws Exception {
        try (PassageReranker service = models(1).openReranker()) {
            assertThatThrownBy(() -> get(service.score("a", List.of("b"), System.nanoTime() - 1)))
                    .hasCauseInstanceOf(DeadlineExceededException.class);
            get(service.score("a", List.of("c"), NEVER));
            assertThat(service.stats().items()).isEqualTo(1);
        }
    }

    @Test
    void loadsAModelOnceForAllThatOpenIt() throws Exception {
        int before = OverlapCrossEncoder.OPEN.get();
        Models models = models(1);
        PassageReranker first = models.openReranker();
        PassageReranker second = models.openReranker();
        assertThat(OverlapCrossEncoder.OPEN).hasValue(before + 1);
        first.close();
        first.close();
        assertThat(get(second.score("a", List.of("a"), NEVER))).hasSize(1);
        assertThatThrownBy(() -> get(first.score("a", List.of("a"), NEVER)))
                .hasMessageContaining("This use of model fake:overlap is closed; open it again.");
        second.close();
        assertThat(OverlapCrossEncoder.OPEN).hasValue(before);
    }

    @Test
    void aModelStaysOpenAfterItsLastUseWhileAJobIsThere() throws Exception {
        int before = OverlapCrossEncoder.OPEN.get();
        Models models = models(1);
        Models.enter("job");
        PassageReranker first = models.openReranker();
        float logit = logit(get(first.score("a b", List.of("a"), NEVER)).get(0));
        CompletableFuture<List<PairOutcome>> late = first.score("a", List.of("HANG"), NEVER);
        FakeWords.awaitHang();
        CompletableFuture<List<PairOutcome>> waiting = first.score("a", List.of("b"), NEVER);
        Thread closing = new Thread(first::close, "closing");
        closing.start();
        assertThatThrownBy(() -> get(waiting)).hasMessageContaining("was closed before it came to this text");
        FakeWords.release();
        closing.join();
        assertThat(late).isDone();
        assertThat(OverlapCrossEncoder.OPEN).hasValue(before + 1);

        try (PassageReranker second = models.openReranker()) {
            assertThat(OverlapCrossEncoder.OPEN).hasValue(before + 1);
            assertThat(logit(get(second.score("a b", List.of("a"), NEVER)).get(0)))
                    .isEqualTo(logit);
            Models.leave("job"); // while it is in use
            assertThat(get(second.score("a", List.of("c"), NEVER))).hasSize(1);
        }
        assertThat(OverlapCrossEncoder.OPEN).hasValue(before);
    }

    @Test
    void aModelThatHasFailedIsNotKept() throws Exception {
        int before = OverlapCrossEncoder.OPEN.get();
        Models.enter("job");
        try (PassageReranker service = models(1).openReranker()) {
            assertThat(get(service.score("a", List.of("POISON"), NEVER)).get(0).failure())
                    .isNotNull();
        }
        assertThat(OverlapCrossEncoder.OPEN).hasValue(before);
        Models.leave("job");
    }

    @Test
    void whatIsKeptForJobsIsClosedWhenTheLastOfThemLeaves() throws Exception {
        int before = OverlapCrossEncoder.OPEN.get();
        Models.enter("one");
        Models.enter("other");
        models(1).openReranker().close();
        Models.leave("one");
        assertThat(OverlapCrossEncoder.OPEN).hasValue(before + 1);
        Models.leave("other");
        assertThat(OverlapCrossEncoder.OPEN).hasValue(before);
    }

    @Test
    void closingFailsWhatWaits() throws Exception {
        PassageReranker service = models(1).openReranker();
        CompletableFuture<List<PairOutcome>> running = service.score("a", List.of("HANG"), NEVER);
        FakeWords.awaitHang();
        List<CompletableFuture<List<PairOutcome>>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(service.score("a", List.of("b", "c"), NEVER));
        }
        Thread closing = new Thread(service::close, "closing");
        closing.start();
        for (CompletableFuture<List<PairOutcome>> future : waiting) {
            assertThatThrownBy(() -> get(future))
                    .hasMessageContaining("Model fake:overlap was closed before it came to this text.");
        }
        FakeWords.release();
        closing.join();
        assertThat(running).isDone();
    }

    @Test
    void aModelThatHasLostAllItsRunsIsOpenedAnewThoughOthersStillHaveIt() throws Exception {
        int before = OverlapCrossEncoder.OPEN.get();
        Models models = new Models(
                HashingEmbedder.factory(),
                OverlapCrossEncoder.factory(),
                null,
                BatchPolicy.defaults(),
                BatchPolicy.defaults(),
                PairPolicy.defaults(),
                1,
                Duration.ofMillis(50));
        PassageReranker broken = models.openReranker();
        for (String passage : List.of("HANG", "HANG a", "HANG a b", "HANG a b c")) {
            assertThat(get(broken.score("a", List.of(passage), NEVER)).get(0).failure())
                    .startsWith("Model fake:overlap hangs on a text of ");
        }
        assertThatThrownBy(() -> get(broken.score("a", List.of("b"), NEVER)))
                .hasCauseInstanceOf(UnavailableException.class);
        try (PassageReranker fresh = models.openReranker();
                PassageReranker shared = models.openReranker()) {
            assertThat(OverlapCrossEncoder.OPEN).hasValue(before + 2);
            broken.close();
            assertThat(get(fresh.score("a", List.of("a b"), NEVER))).hasSize(1);
            assertThat(get(shared.score("a", List.of("a c"), NEVER))).hasSize(1);
        }
        Models.enter("job"); // which is no reason to keep a model that hangs
        FakeWords.release();
        await().untilAsserted(() -> assertThat(OverlapCrossEncoder.OPEN).hasValue(before));
        Models.leave("job");
    }

    @Test
    void aQueryWithoutPassagesHasNoScores() throws Exception {
        try (PassageReranker service = models(1).openReranker()) {
            assertThat(get(service.score("a", List.of(), NEVER))).isEmpty();
        }
    }

    private static float logit(PairOutcome outcome) {
        return ((Scored) outcome).logit();
    }

    private static Models models(int workers) {
        return models(workers, PairPolicy.defaults());
    }

    private static Models models(int workers, PairPolicy pairs) {
        BatchPolicy policy = new BatchPolicy(256, 16, Duration.ZERO, workers, 1_000_000);
        return new Models(
                HashingEmbedder.factory(), OverlapCrossEncoder.factory(), null, policy, policy, pairs, workers);
    }

    private static <T> T get(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }
}
