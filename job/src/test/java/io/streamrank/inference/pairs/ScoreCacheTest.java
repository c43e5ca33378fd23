// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ItemFailedException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.model.PairOutcome.Failed;
import io.streamrank.inference.model.PairOutcome.Scored;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.stats.CacheStats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreCacheTest {
    private static final long NEVER = Long.MAX_VALUE;

    private final TestStage stage = new TestStage();
    private final ScoreCache cache = new ScoreCache(1 << 20, stage);

    @Test
    void whoAsksForAPairOnItsWayWaitsForTheSameRun() {
        Asker first = ask(1, NEVER);
        Asker second = ask(1, NEVER);
        assertThat(stage.queue).hasSize(1);
        stage.queue.get(0).complete(3f);
        assertThat(first.outcome()).isEqualTo(new Scored(3f, 4, false));
        assertThat(second.outcome()).isEqualTo(new Scored(3f, 4, false));
        assertThat(ask(1, NEVER).outcome()).isEqualTo(new Scored(3f, 4, false));
        assertThat(stage.queue).hasSize(1);
    }

    @Test
    void withoutRoomForScoresWhoAsksMeanwhileStillWaitsForTheSameRun() {
        ScoreCache none = new ScoreCache(0, stage);
        Asker first = ask(none, asker(1, NEVER, 1));
        Asker second = ask(none, asker(1, NEVER, 1));
        assertThat(stage.queue).hasSize(1);
        stage.queue.get(0).complete(3f);
        assertThat(first.outcome()).isEqualTo(second.outcome());
        assertThat(none.get(key(1))).isNull();
        assertThat(ask(none, asker(1, NEVER, 1)).answer).isNotDone();
    }

    @Test
    void aPairOnItsWayIsNoMoreWorkForWhoHasAsMuchTime() {
        ask(1, NEVER - 1);
        assertThat(inFlight(1).covers(NEVER)).isTrue();
        assertThat(inFlight(1).covers(NEVER - 1)).isTrue();
        assertThat(inFlight(1).covers(NEVER - 2)).isFalse();
        assertThat(cache.get(key(2))).isNull();
        InFlightPair pair = inFlight(1);
        stage.queue.get(0).complete(3f);
        assertThat(pair.covers(NEVER)).isFalse();
        assertThat(cache.get(key(1))).isCompletedWithValue(new Scored(3f, 4, false));
        assertThat(cache.stats()).isEqualTo(new CacheStats(1, 5));
    }

    @Test
    void aPairIsScoredForTheSecondThoughTheFirstGaveUp() {
        Asker first = ask(1, NEVER);
        Asker second = ask(1, NEVER);
        first.answer.cancel(false);
        assertThat(stage.queue.get(0).isDone()).isFalse();
        stage.queue.get(0).complete(3f);
        assertThat(second.outcome()).isEqualTo(new Scored(3f, 4, false));
    }

    @Test
    void theLastToGiveUpTakesThePairAlong() {
        Asker first = ask(1, NEVER);
        Asker second = ask(1, NEVER);
        first.answer.cancel(false);
        assertThat(stage.queue.get(0).isDone()).isFalse();
        second.answer.cancel(false);
        assertThat(stage.queue.get(0).isDone()).isTrue();
        stage.queue.get(0).expire(); // as whoever runs the queue does then
        assertThat(cache.get(key(1))).isNull();
        assertThat(ask(1, NEVER).answer).isNotDone();
        assertThat(stage.queue).hasSize(2);
    }

    @Test
    void whoAsksBeforeAPairThatNobodyWaitsForIsDroppedGetsItsPlace() {
        ask(1, NEVER).answer.cancel(false);
        assertThat(stage.queue.get(0).isDone()).isTrue();
        Asker second = ask(1, NEVER);
        assertThat(stage.queue).hasSize(1);
        assertThat(stage.queue.get(0).isDone()).isFalse();
        stage.queue.get(0).complete(3f);
        assertThat(second.outcome()).isEqualTo(new Scored(3f, 4, false));
    }

    @Test
    void whoAsksWhileAPairThatNobodyWaitedForIsDroppedIsQueuedAgain() {
        ask(1, NEVER).answer.cancel(false);
        Asker second = ask(1, NEVER);
        stage.queue.get(0).expire();
        assertThat(second.answer).isNotDone();
        assertThat(stage.queue).hasSize(2);
        stage.queue.get(1).complete(3f);
        assertThat(second.outcome()).isEqualTo(new Scored(3f, 4, false));
    }

    @Test
    void whoHasMoreTimeAsksAgainWhereTheDeadlineOfTheFirstHasPassed() {
        Asker first = ask(1, 10);
        Asker second = ask(1, NEVER);
        stage.now = 10;
        stage.queue.get(0).expire();
        assertThat(first.answer).isCompletedExceptionally();
        assertThat(stage.queue).hasSize(2);
        assertThat(stage.queue.get(1).deadlineNanos()).isEqualTo(NEVER);
        stage.queue.get(1).complete(3f);
        assertThat(second.outcome()).isEqualTo(new Scored(3f, 4, false));
    }

    @Test
    void whoWasLetInIsNotRefusedWhenItAsksAgain() {
        Asker patient = ask(1, NEVER);
        Asker hurried = ask(1, 10); // moves the pair up
        stage.now = 10;
        stage.limit = 0;
        stage.queue.get(0).expire();
        assertThat(hurried.answer).isCompletedExceptionally();
        assertThat(patient.answer).isNotDone();
        stage.queue.get(1).complete(3f);
        assertThat(patient.outcome()).isEqualTo(new Scored(3f, 4, false));
    }

    @Test
    void whoAsksAgainForAPairThatWasNeverLetInIsRefusedAsAnyone() {
        List<Asker> joined = new ArrayList<>();
        stage.limit = 3;
        stage.meanwhile = () -> {
            stage.meanwhile = () -> {};
            joined.add(ask(1, NEVER));
        };
        assertThatThrownBy(ask(1, 10).answer::join).hasCauseInstanceOf(OverloadException.class);
        assertThatThrownBy(joined.get(0).answer::join).hasCauseInstanceOf(OverloadException.class);
    }

    @Test
    void whoHasLessTimeMovesThePairUpAndOneRunAnswersBoth() {
        Asker first = ask(1, NEVER);
        assertThat(stage.shared).isEmpty();
        Asker second = ask(1, NEVER - 1);
        assertThat(stage.queue).hasSize(1);
        assertThat(stage.shared).containsExactlyElementsOf(stage.queue);
        assertThat(stage.sharedDeadlines).containsExactly(NEVER - 1);
        stage.queue.get(0).complete(3f);
        assertThat(second.outcome()).isEqualTo(new Scored(3f, 4, false));
        assertThat(first.outcome()).isEqualTo(new Scored(3f, 4, false));
    }

    @Test
    void aFailureOfThePairIsToldToAllAndNotRemembered() {
        Asker first = ask(1, NEVER);
        Asker second = ask(1, NEVER);
        stage.queue.get(0).fail(new ItemFailedException("its logit is NaN"));
        assertThat(first.outcome()).isEqualTo(new Failed("its logit is NaN", 4, false));
        assertThat(second.outcome()).isEqualTo(first.outcome());
        assertThat(ask(1, NEVER).answer).isNotDone();
    }

    @Test
    void aFailureOfTheModelFailsTheQueries() {
        Asker first = ask(1, NEVER);
        stage.queue.get(0).fail(new UnavailableException("closed"));
        assertThatThrownBy(first.answer::join).hasCauseInstanceOf(UnavailableException.class);
    }

    @Test
    void aRefusalIsToldToTheOneRefused() {
        stage.limit = 3;
        Asker asker = ask(1, NEVER);
        assertThatThrownBy(asker.answer::join).hasCauseInstanceOf(OverloadException.class);
        assertThat(cache.get(key(1))).isNull();
    }

    @Test
    void whoIsRefusedLeavesThePairToTheOthers() {
        Asker first = ask(1, NEVER);
        stage.limit = 3;
        Asker second = ask(1, NEVER - 1);
        assertThatThrownBy(second.answer::join).hasCauseInstanceOf(OverloadException.class);
        stage.queue.get(0).complete(3f);
        assertThat(first.outcome()).isEqualTo(new Scored(3f, 4, false));
    }

    @Test
    void whoJoinedAPairOutlivesTheRefusalOfWhoStartedIt() {
        List<Asker> joined = new ArrayList<>();
        stage.earliestDeadline = 20;
        stage.meanwhile = () -> {
            stage.meanwhile = () -> {};
            joined.add(ask(1, NEVER));
        };
        Asker started = ask(1, 10);
        assertThatThrownBy(started.answer::join).hasCauseInstanceOf(OverloadException.class);
        stage.queue.get(0).complete(3f);
        assertThat(joined.get(0).outcome()).isEqualTo(new Scored(3f, 4, false));
    }

    @Test
    void theBestChunkSpeaksForThePair() {
        Asker asker = ask(cache, asker(1, NEVER, 3));
        assertThat(stage.queue).hasSize(3);
        stage.queue.get(2).complete(-1f);
        stage.queue.get(0).complete(2f);
        assertThat(asker.answer).isNotDone();
        stage.queue.get(1).complete(1f);
        assertThat(asker.outcome()).isEqualTo(new Scored(2f, 12, false));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1 << 20})
    void whateverHappensEveryoneIsAnsweredOnceAndRightly(long cacheBytes) {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            stage.queue.clear();
            stage.now = 0;
            ScoreCache tried = new ScoreCache(cacheBytes, stage);
            Map<Asker, Integer> answers = new HashMap<>();
            List<Asker> askers = new ArrayList<>();
            for (int step = 0; step < 200; step++) {
                stage.now++;
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        long deadline =
                                random.nextBoolean() ? NEVER - random.nextInt(3) : stage.now + random.nextInt(20);
                        Asker asker = asker(random.nextInt(5), deadline, 1);
                        asker.answer.whenComplete((outcomes, failure) -> answers.merge(asker, 1, Integer::sum));
                        askers.add(asker);
                        ask(tried, asker);
                    }
                    case 2 -> one(random, askers).answer.cancel(false);
                    default -> run(random);
                }
            }
            for (int i = 0; i < stage.queue.size(); i++) {
                complete(stage.queue.get(i));
            }
            assertThat(answers).hasSameSizeAs(askers);
            assertThat(answers.values()).allMatch(times -> times == 1);
            for (Asker asker : askers) {
                if (!asker.answer.isCompletedExceptionally()) {
                    assertThat(asker.outcome()).isEqualTo(new Scored(asker.pair, 4, false));
                } else {
                    assertThat(asker.answer.isCancelled() || asker.deadlineNanos < NEVER - 3)
                            .isTrue();
                }
            }
        }
    }

    private void run(Random random) {
        if (stage.queue.isEmpty()) {
            return;
        }
        InferenceTask<Float> task = stage.queue.get(random.nextInt(stage.queue.size()));
        if (task.expired(stage.now)) {
            task.expire();
        } else {
            complete(task);
        }
    }

    private static void complete(InferenceTask<Float> task) {
        task.complete((float) task.encoding().ids()[0]);
    }

    private static Asker one(Random random, List<Asker> askers) {
        return askers.isEmpty() ? asker(0, NEVER, 1) : askers.get(random.nextInt(askers.size()));
    }

    private InFlightPair inFlight(int pair) {
        return (InFlightPair) cache.get(key(pair));
    }

    private Asker ask(int pair, long deadlineNanos) {
        return ask(cache, asker(pair, deadlineNanos, 1));
    }

    private static Asker ask(ScoreCache cache, Asker asker) {
        PendingQuery query = new PendingQuery(new int[1], 1, 0, asker.deadlineNanos, asker.answer);
        Waiter waiter = new Waiter(key(asker.pair), query, 0);
        waiter.pair(asker.encoded);
        cache.ask(List.of(waiter), query);
        return asker;
    }

    private static Asker asker(int pair, long deadlineNanos, int chunks) {
        List<Encoding> encodings = new ArrayList<>();
        for (int i = 0; i < chunks; i++) {
            encodings.add(new Encoding(new int[] {pair, 0, 0, 0}, 2, false));
        }
        return new Asker(pair, new EncodedPair(encodings), deadlineNanos, new CompletableFuture<>());
    }

    private static PairKey key(int pair) {
        return new PairKey(new Digest(0, 0), new Digest(0, pair));
    }

    /** Someone who asks for one pair, whose logit is its number. */
    private record Asker(
            int pair, EncodedPair encoded, long deadlineNanos, CompletableFuture<List<PairOutcome>> answer) {
        PairOutcome outcome() {
            return answer.join().get(0);
        }
    }
}
