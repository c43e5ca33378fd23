// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.workers.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchQueueTest {
    private static final long NEVER = Long.MAX_VALUE;

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyTaskLeavesOnceAndBatchesKeepTheirBounds(long seed) {
        Random random = new Random(seed);
        BatchPolicy policy = new BatchPolicy(
                1 + random.nextInt(600), 1 + random.nextInt(20), Duration.ofNanos(random.nextInt(50)), 1, 20_000);
        BatchQueue<Integer> queue = new BatchQueue<>(policy, 1 + random.nextInt(20), Padding.TO_THE_LONGEST);
        Set<InferenceTask<Integer>> in = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<InferenceTask<Integer>> out = Collections.newSetFromMap(new IdentityHashMap<>());
        long now = 0;
        for (int step = 0; step < 2_000; step++) {
            now += random.nextInt(20);
            if (random.nextInt(3) == 0) {
                List<InferenceTask<Integer>> tasks = tasks(random, now);
                offer(queue, tasks, now);
                in.addAll(tasks);
            }
            leave(out, queue.removeExpired(now));
            List<InferenceTask<Integer>> batch = queue.poll();
            assertBounds(batch, policy);
            assertThat(batch).noneMatch(expired(now));
            leave(out, batch);
            assertThat(queue.tokens()).isEqualTo(tokens(in) - tokens(out));
            assertThat(queue.size()).isEqualTo(in.size() - out.size());
        }
        leave(out, queue.drain());
        assertThat(out).isEqualTo(in);
        assertThat(queue.tokens()).isZero();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nobodyWaitsForEverWhateverThePriorityOfTheOthers(long seed) {
        Random random = new Random(seed);
        BatchQueue<Integer> queue =
                new BatchQueue<>(new BatchPolicy(100, 4, Duration.ZERO, 1, 1_000_000), 4, Padding.TO_THE_LONGEST);
        InferenceTask<Integer> longAndPatient = task(500, false, NEVER);
        offer(queue, List.of(longAndPatient));
        long others = 0;
        for (boolean left = false; !left; ) {
            assertThat(others).isLessThan(7 * 100 + 512);
            offer(queue, tasks(random, Long.MAX_VALUE / 2));
            List<InferenceTask<Integer>> batch = queue.poll();
            left = batch.contains(longAndPatient);
            others += tokens(batch);
        }
    }

    /** However long they are: one passage is as long as fifty queries, and a turn each would be nearly all for them. */
    @ParameterizedTest
    @MethodSource("seeds")
    void theOldestHaveAnEighthOfTheTokensWhileOthersAreMoreUrgent(long seed) {
        Random random = new Random(seed);
        BatchQueue<Integer> queue = queue(400, 1 + random.nextInt(8), Duration.ZERO);
        long all = 0;
        long patient = 0;
        while (all < 50_000) {
            offer(queue, List.of(task(200 + random.nextInt(200), false, NEVER)));
            for (int i = 0; i < 20; i++) {
                offer(queue, List.of(task(1 + random.nextInt(15), true, NEVER)));
                List<InferenceTask<Integer>> batch = queue.poll();
                all += tokens(batch);
                patient += tokens(batch.stream().filter(task -> !isQuery(task)).toList());
            }
        }
        assertThat(patient / (double) all).isBetween(0.09, 0.135);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void knowsTheTokensThatGoBeforeADeadline(long seed) {
        Random random = new Random(seed);
        BatchQueue<Integer> queue = queue(100, 4, Duration.ZERO);
        List<InferenceTask<Integer>> waiting = new ArrayList<>();
        for (int now = 0; now < 300; now++) {
            List<InferenceTask<Integer>> tasks = tasks(random, now);
            offer(queue, tasks);
            waiting.addAll(tasks);
            waiting.removeAll(queue.removeExpired(now));
            waiting.removeAll(queue.poll());
            long deadline = random.nextBoolean() ? NEVER : now + random.nextInt(400);
            assertThat(queue.tokensBefore(deadline))
                    .isEqualTo(tokens(waiting.stream()
                            .filter(task -> isQuery(task) && task.deadlineNanos() <= deadline)
                            .toList()));
        }
        queue.drain();
        assertThat(queue.tokensBefore(NEVER)).isZero();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void sameCallsGiveTheSameBatches(long seed) {
        assertThat(run(seed)).isEqualTo(run(seed));
    }

    @Test
    void theEarliestDeadlineIsTheSeed() {
        BatchQueue<Integer> queue = queue(64, 1, Duration.ZERO);
        InferenceTask<Integer> late = task(10, true, 300);
        InferenceTask<Integer> soon = task(50, true, 100);
        InferenceTask<Integer> never = task(10, true, NEVER);
        offer(queue, List.of(never, late, soon));
        assertThat(queue.poll()).containsExactly(soon);
        assertThat(queue.poll()).containsExactly(late);
        assertThat(queue.poll()).containsExactly(never);
        assertThat(queue.poll()).isEmpty();
    }

    @Test
    void queriesGoFirstWhateverTheOthersDeadlines() {
        BatchQueue<Integer> queue = queue(64, 1, Duration.ZERO);
        InferenceTask<Integer> passage = task(10, false, 5);
        InferenceTask<Integer> query = task(10, true, NEVER);
        offer(queue, List.of(passage, query));
        assertThat(queue.poll()).containsExactly(query);
    }

    @Test
    void aBatchIsFilledWithTasksOfSimilarLength() {
        BatchQueue<Integer> queue = queue(10_000, 64, Duration.ZERO);
        List<InferenceTask<Integer>> tasks = IntStream.of(100, 20, 103, 400, 96, 21)
                .mapToObj(length -> task(length, true, NEVER))
                .toList();
        offer(queue, tasks);
        assertThat(queue.poll()).extracting(InferenceTask::tokens).containsExactly(100, 103, 96);
        assertThat(queue.poll()).extracting(InferenceTask::tokens).containsExactly(20, 21);
        assertThat(queue.poll()).extracting(InferenceTask::tokens).containsExactly(400);
    }

    @Test
    void fillingCostsNothingWhereTheModelPadsToTheSameLengthAndTheBudgetIsAsTheModelRounds() {
        Padding rounding = new Padding() {
            @Override
            public int rows(int items) {
                return items == 3 ? 4 : items;
            }

            @Override
            public int columns(int longest) {
                return (longest + 15) / 16 * 16;
            }
        };
        BatchPolicy policy = new BatchPolicy(3 * 32, 64, Duration.ZERO, 1, 1_000_000);
        BatchQueue<Integer> queue = new BatchQueue<>(policy, 64, rounding);
        offer(
                queue,
                IntStream.of(17, 16, 32, 33, 25)
                        .mapToObj(length -> task(length, true, NEVER))
                        .toList());
        assertThat(queue.poll())
                .extracting(InferenceTask::tokens)
                .containsExactly(17, 32); // a third would cost four times 32
        assertThat(queue.poll()).extracting(InferenceTask::tokens).containsExactly(16);
        assertThat(queue.poll()).extracting(InferenceTask::tokens).containsExactly(33);
        assertThat(queue.poll()).extracting(InferenceTask::tokens).containsExactly(25);
    }

    @Test
    void aTaskLongerThanTheBudgetGoesAlone() {
        BatchQueue<Integer> queue = queue(64, 8, Duration.ZERO);
        offer(queue, List.of(task(100, true, NEVER), task(100, true, NEVER)));
        assertThat(queue.poll()).hasSize(1);
        assertThat(queue.poll()).hasSize(1);
    }

    @Test
    void waitsForOthersNoLongerThanTheDelay() {
        BatchQueue<Integer> queue = queue(64, 8, Duration.ofNanos(100));
        assertThat(queue.delay(0)).isEqualTo(NEVER);
        offer(queue, List.of(task(10, true, NEVER)));
        assertThat(queue.delay(40)).isEqualTo(60);
        assertThat(queue.delay(100)).isZero();
    }

    @Test
    void aFullBatchDoesNotWait() {
        BatchQueue<Integer> queue = queue(64, 8, Duration.ofNanos(100));
        offer(queue, List.of(task(32, true, NEVER), task(32, true, NEVER)));
        assertThat(queue.delay(0)).isZero();
        assertThat(queue.poll()).hasSize(2);
    }

    @Test
    void doesNotWaitPastADeadline() {
        BatchQueue<Integer> queue = queue(64, 8, Duration.ofNanos(100));
        offer(queue, List.of(task(10, false, 90)));
        assertThat(queue.delay(0)).isZero();
    }

    @Test
    void whatIsMovedUpGoesByItsNewDeadline() {
        BatchQueue<Integer> queue = queue(64, 1, Duration.ZERO);
        InferenceTask<Integer> moved = task(10, true, NEVER);
        InferenceTask<Integer> other = task(20, true, 200);
        InferenceTask<Integer> elsewhere = task(30, true, NEVER);
        offer(queue, List.of(moved, other));
        queue.moveUp(moved, 100);
        queue.moveUp(moved, 300);
        queue.moveUp(elsewhere, 100);
        assertThat(moved.deadlineNanos()).isEqualTo(100);
        assertThat(queue.tokensBefore(100)).isEqualTo(10);
        assertThat(queue.tokensBefore(NEVER)).isEqualTo(30);
        assertThat(queue.removeExpired(99)).isEmpty();
        assertThat(queue.poll()).containsExactly(moved);
        assertThat(queue.poll()).containsExactly(other);
        assertThat(queue.size()).isZero();
    }

    private static List<List<Integer>> run(long seed) {
        Random random = new Random(seed);
        BatchQueue<Integer> queue = queue(200, 8, Duration.ofNanos(20));
        List<List<Integer>> batches = new ArrayList<>();
        for (int now = 0; now < 500; now++) {
            offer(queue, tasks(random, now), now);
            queue.removeExpired(now);
            batches.add(queue.poll().stream().map(InferenceTask::tokens).toList());
        }
        return batches;
    }

    private static void assertBounds(List<InferenceTask<Integer>> batch, BatchPolicy policy) {
        int longest = batch.stream().mapToInt(InferenceTask::tokens).max().orElse(0);
        int shortest = batch.stream().mapToInt(InferenceTask::tokens).min().orElse(0);
        assertThat(batch.size()).isLessThanOrEqualTo(policy.maxItems());
        if (batch.size() > 1) {
            assertThat(longest * batch.size()).isLessThanOrEqualTo(policy.maxTokens());
            assertThat(longest - shortest).isLessThanOrEqualTo(Math.max(8, longest / 8));
        }
    }

    private static boolean isQuery(InferenceTask<Integer> task) {
        return task.priority() == Priority.QUERY_EMBEDDING;
    }

    private static Predicate<InferenceTask<Integer>> expired(long now) {
        return task -> task.expired(now);
    }

    private static void leave(Set<InferenceTask<Integer>> out, List<InferenceTask<Integer>> tasks) {
        for (InferenceTask<Integer> task : tasks) {
            assertThat(out.add(task)).as("left once").isTrue();
        }
    }

    private static long tokens(Collection<InferenceTask<Integer>> tasks) {
        return tasks.stream().mapToLong(InferenceTask::tokens).sum();
    }

    private static List<InferenceTask<Integer>> tasks(Random random, long now) {
        return IntStream.range(0, 1 + random.nextInt(6))
                .mapToObj(i -> task(
                        1 + random.nextInt(random.nextInt(10) == 0 ? 512 : 40),
                        random.nextBoolean(),
                        random.nextBoolean() ? NEVER : now + random.nextInt(400)))
                .toList();
    }

    private static void offer(BatchQueue<Integer> queue, List<InferenceTask<Integer>> tasks) {
        offer(queue, tasks, 0);
    }

    private static void offer(BatchQueue<Integer> queue, List<InferenceTask<Integer>> tasks, long now) {
        tasks.forEach(task -> queue.add(task, now));
    }

    private static BatchQueue<Integer> queue(int maxTokens, int maxItems, Duration maxDelay) {
        return new BatchQueue<>(
                new BatchPolicy(maxTokens, maxItems, maxDelay, 1, 1_000_000), maxItems, Padding.TO_THE_LONGEST);
    }

    /** @param query whether it is of a query; else it is of a passage to embed */
    private static InferenceTask<Integer> task(int tokens, boolean query, long deadline) {
        return new FutureTask<>(
                new Encoding(new int[tokens], tokens, false),
                query ? Priority.QUERY_EMBEDDING : Priority.PASSAGE_EMBEDDING,
                deadline,
                0,
                new CompletableFuture<>());
    }
}
