// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
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
        BatchQueue<Integer> queue = new BatchQueue<>(policy, 1 + random.nextInt(20));
        Set<Task<Integer>> in = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Task<Integer>> out = Collections.newSetFromMap(new IdentityHashMap<>());
        long now = 0;
        for (int step = 0; step < 2_000; step++) {
            now += random.nextInt(20);
            if (random.nextInt(3) == 0) {
                List<Task<Integer>> tasks = tasks(random, now);
                if (queue.offer(tasks, now)) {
                    in.addAll(tasks);
                }
            }
            leave(out, queue.removeExpired(now));
            List<Task<Integer>> batch = queue.poll(now);
            assertBounds(batch, policy);
            assertThat(batch).noneMatch(expired(now));
            leave(out, batch);
            assertThat(queue.tokens()).isBetween(0L, policy.maxQueuedTokens());
            assertThat(queue.size()).isEqualTo(in.size() - out.size());
        }
        leave(out, queue.drain());
        assertThat(out).isEqualTo(in);
        assertThat(queue.tokens()).isZero();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nobodyWaitsForEverHoweverUrgentTheOthers(long seed) {
        Random random = new Random(seed);
        BatchQueue<Integer> queue = new BatchQueue<>(new BatchPolicy(100, 4, Duration.ZERO, 1, 1_000_000), 4);
        Task<Integer> longAndPatient = task(500, false, NEVER);
        assertThat(queue.offer(List.of(longAndPatient), 0)).isTrue();
        int turns = 0;
        for (boolean left = false; !left; turns++) {
            assertThat(queue.offer(tasks(random, Long.MAX_VALUE / 2), 0)).isTrue();
            left = queue.poll(0).contains(longAndPatient);
        }
        assertThat(turns).isLessThanOrEqualTo(8);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void sameCallsGiveTheSameBatches(long seed) {
        assertThat(run(seed)).isEqualTo(run(seed));
    }

    @Test
    void theEarliestDeadlineLeads() {
        BatchQueue<Integer> queue = queue(64, 1, Duration.ZERO);
        Task<Integer> late = task(10, true, 300);
        Task<Integer> soon = task(50, true, 100);
        Task<Integer> never = task(10, true, NEVER);
        offer(queue, List.of(never, late, soon));
        assertThat(queue.poll(0)).containsExactly(soon);
        assertThat(queue.poll(0)).containsExactly(late);
        assertThat(queue.poll(0)).containsExactly(never);
        assertThat(queue.poll(0)).isEmpty();
    }

    @Test
    void urgentTasksGoFirstWhateverTheOthersDeadlines() {
        BatchQueue<Integer> queue = queue(64, 1, Duration.ZERO);
        Task<Integer> passage = task(10, false, 5);
        Task<Integer> query = task(10, true, NEVER);
        offer(queue, List.of(passage, query));
        assertThat(queue.poll(0)).containsExactly(query);
    }

    @Test
    void companyIsOfSimilarLength() {
        BatchQueue<Integer> queue = queue(10_000, 64, Duration.ZERO);
        List<Task<Integer>> tasks = IntStream.of(100, 20, 103, 400, 96, 21)
                .mapToObj(length -> task(length, true, NEVER))
                .toList();
        assertThat(queue.offer(tasks, 0)).isTrue();
        assertThat(queue.poll(0)).extracting(Task::tokens).containsExactly(100, 103, 96);
        assertThat(queue.poll(0)).extracting(Task::tokens).containsExactly(20, 21);
        assertThat(queue.poll(0)).extracting(Task::tokens).containsExactly(400);
    }

    @Test
    void companyCostsNothingWhereTheModelPadsItToTheSameLengthAndMakesUpTheBudgetAsTheModelRounds() {
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
        assertThat(queue.poll(0)).extracting(Task::tokens).containsExactly(17, 32); // a third would cost four times 32
        assertThat(queue.poll(0)).extracting(Task::tokens).containsExactly(16);
        assertThat(queue.poll(0)).extracting(Task::tokens).containsExactly(33);
        assertThat(queue.poll(0)).extracting(Task::tokens).containsExactly(25);
    }

    @Test
    void aTaskLongerThanTheBudgetGoesAlone() {
        BatchQueue<Integer> queue = queue(64, 8, Duration.ZERO);
        offer(queue, List.of(task(100, true, NEVER), task(100, true, NEVER)));
        assertThat(queue.poll(0)).hasSize(1);
        assertThat(queue.poll(0)).hasSize(1);
    }

    @Test
    void waitsForCompanyNoLongerThanTheDelay() {
        BatchQueue<Integer> queue = queue(64, 8, Duration.ofNanos(100));
        assertThat(queue.delay(0)).isEqualTo(NEVER);
        offer(queue, List.of(task(10, true, NEVER)));
        assertThat(queue.poll(40)).isEmpty();
        assertThat(queue.delay(40)).isEqualTo(60);
        assertThat(queue.poll(100)).hasSize(1);
    }

    @Test
    void aFullBatchDoesNotWait() {
        BatchQueue<Integer> queue = queue(64, 8, Duration.ofNanos(100));
        offer(queue, List.of(task(32, true, NEVER), task(32, true, NEVER)));
        assertThat(queue.poll(0)).hasSize(2);
    }

    @Test
    void doesNotWaitPastADeadline() {
        BatchQueue<Integer> queue = queue(64, 8, Duration.ofNanos(100));
        offer(queue, List.of(task(10, false, 90)));
        assertThat(queue.poll(0)).hasSize(1);
    }

    @Test
    void takesAllOrNothing() {
        BatchQueue<Integer> queue = new BatchQueue<>(new BatchPolicy(64, 8, Duration.ZERO, 1, 100), 8);
        assertThat(queue.offer(List.of(task(60, true, NEVER), task(41, true, NEVER)), 0))
                .isFalse();
        assertThat(queue.size()).isZero();
        assertThat(queue.offer(List.of(task(60, true, NEVER), task(40, true, NEVER)), 0))
                .isTrue();
    }

    private static List<List<Integer>> run(long seed) {
        Random random = new Random(seed);
        BatchQueue<Integer> queue = queue(200, 8, Duration.ofNanos(20));
        List<List<Integer>> batches = new ArrayList<>();
        for (int now = 0; now < 500; now++) {
            assertThat(queue.offer(tasks(random, now), now)).isTrue();
            queue.removeExpired(now);
            batches.add(queue.poll(now).stream().map(Task::tokens).toList());
        }
        return batches;
    }

    private static void assertBounds(List<Task<Integer>> batch, BatchPolicy policy) {
        int longest = batch.stream().mapToInt(Task::tokens).max().orElse(0);
        int shortest = batch.stream().mapToInt(Task::tokens).min().orElse(0);
        assertThat(batch.size()).isLessThanOrEqualTo(policy.maxItems());
        if (batch.size() > 1) {
            assertThat(longest * batch.size()).isLessThanOrEqualTo(policy.maxTokens());
            assertThat(longest - shortest).isLessThanOrEqualTo(Math.max(8, longest / 8));
        }
    }

    private static Predicate<Task<Integer>> expired(long now) {
        return task -> task.expired(now);
    }

    private static void leave(Set<Task<Integer>> out, List<Task<Integer>> tasks) {
        for (Task<Integer> task : tasks) {
            assertThat(out.add(task)).as("left once").isTrue();
        }
    }

    private static List<Task<Integer>> tasks(Random random, long now) {
        return IntStream.range(0, 1 + random.nextInt(6))
                .mapToObj(i -> task(
                        1 + random.nextInt(random.nextInt(10) == 0 ? 512 : 40),
                        random.nextBoolean(),
                        random.nextBoolean() ? NEVER : now + random.nextInt(400)))
                .toList();
    }

    private static void offer(BatchQueue<Integer> queue, List<Task<Integer>> tasks) {
        assertThat(queue.offer(tasks, 0)).isTrue();
    }

    private static BatchQueue<Integer> queue(int maxTokens, int maxItems, Duration maxDelay) {
        return new BatchQueue<>(new BatchPolicy(maxTokens, maxItems, maxDelay, 1, 1_000_000), maxItems);
    }

    private static Task<Integer> task(int tokens, boolean urgent, long deadline) {
        return new Task<>(new Encoding(new int[tokens], tokens, false), urgent, deadline, new CompletableFuture<>());
    }
}
