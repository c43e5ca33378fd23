// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.inference.batching.Digest;
import io.streamrank.inference.batching.InferenceTask;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairScore;
import io.streamrank.inference.pairs.PairsInFlight.Asker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairsInFlightTest {
    private static final long NEVER = Long.MAX_VALUE;

    private final List<InferenceTask<Float>> line = new ArrayList<>();
    private final ScoreCache cache = new ScoreCache(1 << 20);
    private final PairsInFlight pairs = new PairsInFlight(line::addAll, cache);

    @Test
    void whoAsksForAPairOnItsWayWaitsForTheSameRun() {
        Asker first = ask(1, NEVER);
        Asker second = ask(1, NEVER);
        assertThat(line).hasSize(1);
        line.get(0).result().complete(3f);
        assertThat(first.score().join()).isEqualTo(new PairScore(3f, 4, false, null));
        assertThat(second.score().join().logit()).isEqualTo(3f);
        assertThat(ask(1, NEVER).score().join().logit()).isEqualTo(3f);
        assertThat(line).hasSize(1);
    }

    @Test
    void aPairOnItsWayIsNoMoreWorkForWhoHasAsMuchTime() {
        Asker first = ask(1, NEVER - 1);
        assertThat(pairs.covers(first.key(), NEVER)).isTrue();
        assertThat(pairs.covers(first.key(), NEVER - 1)).isTrue();
        assertThat(pairs.covers(first.key(), NEVER - 2)).isFalse();
        assertThat(pairs.covers(asker(2, NEVER, 1).key(), NEVER)).isFalse();
        line.get(0).result().complete(3f);
        assertThat(pairs.covers(first.key(), NEVER)).isFalse();
    }

    @Test
    void aPairIsScoredForTheSecondThoughTheFirstGaveUp() {
        Asker first = ask(1, NEVER);
        Asker second = ask(1, NEVER);
        first.score().cancel(false);
        assertThat(line.get(0).result()).isNotDone();
        line.get(0).result().complete(3f);
        assertThat(second.score().join().logit()).isEqualTo(3f);
    }

    @Test
    void theLastToGiveUpTakesThePairAlong() {
        Asker first = ask(1, NEVER);
        Asker second = ask(1, NEVER);
        first.score().cancel(false);
        second.score().cancel(false);
        assertThat(line.get(0).result()).isCancelled();
        assertThat(ask(1, NEVER).score()).isNotDone();
        assertThat(line).hasSize(2);
    }

    @Test
    void whoHasMoreTimeAsksAgainWhereTheDeadlineOfTheFirstHasPassed() {
        long past = System.nanoTime() - 1;
        Asker first = ask(1, past);
        Asker second = ask(1, NEVER);
        line.get(0).expire();
        assertThat(first.score()).isCompletedExceptionally();
        assertThat(line).hasSize(2);
        line.get(1).result().complete(3f);
        assertThat(second.score().join().logit()).isEqualTo(3f);
    }

    @Test
    void whoIsInAGreaterHurryGoesFirstAndOneRunAnswersBoth() {
        Asker patient = ask(1, NEVER);
        Asker hurried = ask(1, NEVER - 1);
        assertThat(line).hasSize(2);
        line.get(1).result().complete(3f);
        assertThat(hurried.score().join().logit()).isEqualTo(3f);
        assertThat(patient.score().join().logit()).isEqualTo(3f);
        assertThat(line.get(0).result()).isCancelled();
    }

    @Test
    void aFailureOfThePairIsToldToAllAndNotRemembered() {
        Asker first = ask(1, NEVER);
        Asker second = ask(1, NEVER);
        line.get(0).result().completeExceptionally(new InferenceException("its logit is NaN"));
        assertThat(first.score().join().failure()).isEqualTo("its logit is NaN");
        assertThat(first.score().join().logit()).isNaN();
        assertThat(second.score().join()).isEqualTo(first.score().join());
        assertThat(ask(1, NEVER).score()).isNotDone();
    }

    @Test
    void aRefusalIsToldToTheOneRefused() {
        PairsInFlight full = new PairsInFlight(
                tasks -> {
                    throw new OverloadException("full");
                },
                cache);
        Asker asker = asker(1, NEVER, 1);
        full.ask(List.of(asker));
        assertThatThrownBy(asker.score()::join).hasCauseInstanceOf(OverloadException.class);
    }

    @Test
    void theBestChunkSpeaksForThePair() {
        Asker asker = asker(1, NEVER, 3);
        pairs.ask(List.of(asker));
        assertThat(line).hasSize(3);
        line.get(2).result().complete(-1f);
        line.get(0).result().complete(2f);
        assertThat(asker.score()).isNotDone();
        line.get(1).result().complete(1f);
        assertThat(asker.score().join()).isEqualTo(new PairScore(2f, 12, false, null));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1 << 20})
    void whateverHappensEveryoneIsAnsweredOnceAndRightly(long cacheBytes) {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            line.clear();
            PairsInFlight tried = new PairsInFlight(line::addAll, new ScoreCache(cacheBytes));
            Map<Asker, Integer> answers = new HashMap<>();
            List<Asker> askers = new ArrayList<>();
            for (int step = 0; step < 200; step++) {
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        long deadline = random.nextBoolean() ? NEVER - random.nextInt(3) : System.nanoTime() - 1;
                        Asker asker = asker(random.nextInt(5), deadline, 1);
                        CompletableFuture<?> unused =
                                asker.score().whenComplete((score, failure) -> answers.merge(asker, 1, Integer::sum));
                        askers.add(asker);
                        tried.ask(List.of(asker));
                    }
                    case 2 -> one(random, askers).score().cancel(false);
                    default -> run(random);
                }
            }
            for (int i = 0; i < line.size(); i++) {
                complete(line.get(i));
            }
            assertThat(answers).hasSameSizeAs(askers);
            assertThat(answers.values()).allMatch(times -> times == 1);
            for (Asker asker : askers) {
                if (!asker.score().isCompletedExceptionally()) {
                    assertThat(asker.score().join().logit())
                            .isEqualTo((float) asker.key().passage().low());
                } else {
                    assertThat(asker.score().isCancelled() || asker.deadlineNanos() < NEVER - 3)
                            .isTrue();
                }
            }
        }
    }

    private void run(Random random) {
        if (line.isEmpty()) {
            return;
        }
        InferenceTask<Float> task = line.get(random.nextInt(line.size()));
        if (task.expired(System.nanoTime())) {
            task.expire();
        } else {
            complete(task);
        }
    }

    private static void complete(InferenceTask<Float> task) {
        task.result().complete((float) task.encoding().ids()[0]);
    }

    private static Asker one(Random random, List<Asker> askers) {
        return askers.isEmpty() ? asker(0, NEVER, 1) : askers.get(random.nextInt(askers.size()));
    }

    private Asker ask(int pair, long deadlineNanos) {
        Asker asker = asker(pair, deadlineNanos, 1);
        pairs.ask(List.of(asker));
        return asker;
    }

    private static Asker asker(int pair, long deadlineNanos, int chunks) {
        List<Encoding> encodings = new ArrayList<>();
        for (int i = 0; i < chunks; i++) {
            encodings.add(new Encoding(new int[] {pair, 0, 0, 0}, 2, false));
        }
        PairKey key = new PairKey(new Digest(0, 0), new Digest(0, pair));
        return new Asker(key, new EncodedPair(encodings), 0, deadlineNanos, new CompletableFuture<>());
    }
}
