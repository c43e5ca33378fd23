// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.workers.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
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

    private static final Padding ROUNDING = new Padding() {
        @Override
        public int rows(int items) {
            return items == 3 ? 4 : items;
        }

        @Override
        public int columns(int longest) {
            return (longest + 15) / 16 * 16;
        }
    };

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyTaskLeavesOnceAndBatchesKeepTheirBounds(long seed) {
        Random random = new Random(seed);
        BatchPolicy policy = new BatchPolicy(
                1 + random.nextInt(600), 1 + random.nextInt(20), Duration.ofNanos(random.nextInt(50)), 1, 20_000);
        Padding padding = random.nextBoolean() ? Padding.TO_THE_LONGEST : ROUNDING;
        RunCost cost = new RunCost(random.nextInt(2_000), random.nextInt(3), random.nextInt(2) / 100.0);
        BatchQueue<Integer> queue = new BatchQueue<>(policy, 1 + random.nextInt(20), padding, cost);
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
            List<InferenceTask<Integer>> batch = queue.poll(now);
            assertBounds(batch, policy, padding, cost, now);
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
                new BatchQueue<>(new BatchPolicy(100, 4, Duration.ZERO, 1, 1_000_000), 4, ROUNDING, anyCost(random));
        InferenceTask<Integer> longAndPatient = task(500, false, NEVER);
        offer(queue, List.of(longAndPatient));
        long others = 0;
        for (boolean left = false; !left; ) {
            assertThat(others).isLessThan(7 * 100 + 512);
            offer(queue, tasks(random, Long.MAX_VALUE / 2));
            List<InferenceTask<Integer>> batch = queue.poll(0);
            left = batch.contains(longAndPatient);
            others += tokens(batch);
        }
    }

    /** Whatever the costs: a batch that is cheap for each token must not pass who is more urgent. */
    @ParameterizedTest
    @MethodSource("seeds")
    void everyBatchHoldsTheMostUrgentButForTheShareOfTheOldest(long seed) {
        Random random = new Random(seed);
        BatchQueue<Integer> queue =
                new BatchQueue<>(new BatchPolicy(400, 8, Duration.ZERO, 1, 1_000_000), 8, ROUNDING, anyCost(random));
        List<InferenceTask<Integer>> waiting = new ArrayList<>();
        int passed = 0;
        for (int step = 1; step <= 100; step++) {
            List<InferenceTask<Integer>> more = tasks(random, Long.MAX_VALUE / 2);
            offer(queue, more);
            waiting.addAll(more);
            Comparator<InferenceTask<Integer>> urgency = Comparator.<InferenceTask<Integer>, Priority>comparing(
                            InferenceTask::priority)
                    .thenComparingLong(InferenceTask::deadlineNanos); // of several the first, which is the oldest
            InferenceTask<Integer> mostUrgent = waiting.stream().min(urgency).orElseThrow();
            List<InferenceTask<Integer>> batch = queue.poll(0);
            InferenceTask<Integer> oldest = waiting.get(0);
            if (!batch.contains(mostUrgent)) {
                assertThat(batch).contains(oldest);
                passed++;
            }
            waiting.removeAll(batch);
        }
        assertThat(passed).isLessThan(25);
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
                List<InferenceTask<Integer>> batch = queue.poll(0);
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
            waiting.removeAll(queue.poll(0));
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
        assertThat(queue.poll(0)).containsExactly(soon);
        assertThat(queue.poll(0)).containsExactly(late);
        assertThat(queue.poll(0)).containsExactly(never);
        assertThat(queue.poll(0)).isEmpty();
    }

    @Test
    void queriesGoFirstWhateverTheOthersDeadlines() {
        BatchQueue<Integer> queue = queue(64, 1, Duration.ZERO);
        InferenceTask<Integer> passage = task(10, false, 5);
        InferenceTask<Integer> query = task(10, true, NEVER);
        offer(queue, List.of(passage, query));
        assertThat(queue.poll(0)).containsExactly(query);
    }

    @Test
    void aBatchIsFilledWithTasksOfSimilarLength() {
        BatchQueue<Integer> queue = mixed(new RunCost(20, 1, 0));
        assertThat(queue.poll(0)).extracting(InferenceTask::tokens).containsExactly(100, 103, 96);
        assertThat(queue.poll(0)).extracting(InferenceTask::tokens).containsExactly(20, 21);
        assertThat(queue.poll(0)).extracting(InferenceTask::tokens).containsExactly(400);
    }

    @Test
    void whereARunCostsMuchABatchHoldsAllLengths() {
        assertThat(mixed(new RunCost(100_000, 1, 0)).poll(0))
                .extracting(InferenceTask::tokens)
                .containsExactly(100, 20, 103, 400, 96, 21);
    }

    @Test
    void whereARunCostsNothingEachLengthGoesAlone() {
        BatchQueue<Integer> queue = mixed(new RunCost(0, 1, 0));
        offer(queue, List.of(task(100, true, NEVER)));
        assertThat(queue.poll(0)).extracting(InferenceTask::tokens).containsExactly(100, 100);
        assertThat(queue.poll(0)).extracting(InferenceTask::tokens).containsExactly(20);
    }

    private static BatchQueue<Integer> mixed(RunCost cost) {
        BatchQueue<Integer> queue = queue(10_000, 64, Duration.ZERO, cost);
        offer(
                queue,
                IntStream.of(100, 20, 103, 400, 96, 21)
                        .mapToObj(length -> task(length, true, NEVER))
                        .toList());
        return queue;
    }

    /** A run of two would cost 100 + 2 × 100. */
    @Test
    void aBatchDoesNotGrowBeyondTheDeadlineOfTheMostUrgent() {
        BatchQueue<Integer> queue = queue(10_000, 64, Duration.ZERO, new RunCost(100, 1, 0));
        offer(queue, List.of(task(100, true, 1_299), task(100, true, NEVER), task(100, true, NEVER)));
        assertThat(queue.poll(1_000)).hasSize(1);
        offer(queue, List.of(task(100, true, 1_300)));
        assertThat(queue.poll(1_000)).hasSize(2);
        offer(queue, List.of(task(100, true, 1_001)));
        assertThat(queue.poll(1_000)).as("too late anyway").hasSize(1);
    }

    @Test
    void tasksOfAnotherPriorityFillNoBatch() {
        BatchQueue<Integer> queue = mixed(new RunCost(100_000, 1, 0));
        offer(queue, List.of(task(30, false, NEVER)));
        assertThat(queue.poll(0)).hasSize(6);
        assertThat(queue.poll(0)).extracting(InferenceTask::tokens).containsExactly(30);
    }

    @Test
    void fillingCostsNothingWhereTheModelPadsToTheSameLengthAndTheBudgetIsAsTheModelRounds() {
        BatchPolicy policy = new BatchPolicy(3 * 32, 64, Duration.ZERO, 1, 1_000_000);
        BatchQueue<Integer> queue = new BatchQueue<>(policy, 64, ROUNDING, RunCost.UNKNOWN);
        offer(
                queue,
                IntStream.of(17, 16, 32, 33, 25)
                        .mapToObj(length -> task(length, true, NEVER))
                        .toList());
        assertThat(queue.poll(0))
                .extracting(InferenceTask::tokens)
                .containsExactly(17, 32); // a third would cost four times 32
        assertThat(queue.poll(0)).extracting(InferenceTask::tokens).containsExactly(16);
        assertThat(queue.poll(0)).extracting(InferenceTask::tokens).containsExactly(33);
        assertThat(queue.poll(0)).extracting(InferenceTask::tokens).containsExactly(25);
    }

    @Test
    void aTaskLongerThanTheBudgetGoesAlone() {
        BatchQueue<Integer> queue = queue(64, 8, Duration.ZERO);
        offer(queue, List.of(task(100, true, NEVER), task(100, true, NEVER)));
        assertThat(queue.poll(0)).hasSize(1);
        assertThat(queue.poll(0)).hasSize(1);
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
        assertThat(queue.poll(0)).hasSize(2);
    }

    @Test
    void doesNotWaitPastADeadline() {
        BatchQueue<Integer> queue = queue(64, 8, Duration.ofNanos(100));
        offer(queue, List.of(task(10, false, 90)));
        assertThat(queue.delay(0)).isZero();
    }

    @Test
    void aTaskThatHasItsRunForItselfSharesNone() {
        for (RunCost cost : List.of(RunCost.UNKNOWN, new RunCost(1_000_000, 1, 0))) {
            BatchQueue<Integer> queue = queue(10_000, 16, Duration.ZERO, cost);
            InferenceTask<Integer> first = task(20, false, NEVER);
            InferenceTask<Integer> second = task(20, false, NEVER);
            InferenceTask<Integer> third = alone(20);
            InferenceTask<Integer> fourth = alone(20);
            queue.add(List.of(first, third, fourth, second), 0);
            assertThat(queue.poll(0)).containsExactlyInAnyOrder(first, second);
            assertThat(queue.poll(0)).containsExactly(third);
            assertThat(queue.poll(0)).containsExactly(fourth);
            assertThat(queue.size()).isZero();
        }
    }

    private static InferenceTask<Integer> alone(int tokens) {
        return FutureTask.alone(
                new Encoding(new int[tokens], tokens, false), Priority.PASSAGE_EMBEDDING, 0, new CompletableFuture<>());
    }

    @Test
    void whatIsMovedUpGoesByItsNewDeadline() {
        BatchQueue<Integer> queue = queue(64, 1, Duration.ZERO);
        InferenceTask<Integer> moved = task(10, true, NEVER);
        InferenceTask<Integer> other = task(20, true, 200);
        InferenceTask<Integer> elsewhere = task(30, true, NEVER);
        offer(queue, List.of(moved, other));
        queue.moveUp(List.of(moved), 100);
        queue.moveUp(List.of(moved), 300);
        queue.moveUp(List.of(elsewhere), 100);
        assertThat(moved.deadlineNanos()).isEqualTo(100);
        assertThat(queue.tokensBefore(100)).isEqualTo(10);
        assertThat(queue.tokensBefore(NEVER)).isEqualTo(30);
        assertThat(queue.removeExpired(99)).isEmpty();
        assertThat(queue.poll(0)).containsExactly(moved);
        assertThat(queue.poll(0)).containsExactly(other);
        assertThat(queue.size()).isZero();
    }

    private static List<List<Integer>> run(long seed) {
        Random random = new Random(seed);
        BatchQueue<Integer> queue = queue(200, 8, Duration.ofNanos(20));
        List<List<Integer>> batches = new ArrayList<>();
        for (int now = 0; now < 500; now++) {
            offer(queue, tasks(random, now), now);
            queue.removeExpired(now);
            batches.add(queue.poll(0).stream().map(InferenceTask::tokens).toList());
        }
        return batches;
    }

    private static void assertBounds(
            List<InferenceTask<Integer>> batch, BatchPolicy policy, Padding padding, RunCost cost, long now) {
        int longest = batch.stream().mapToInt(InferenceTask::tokens).max().orElse(0);
        assertThat(batch.size()).isLessThanOrEqualTo(policy.maxItems());
        if (batch.size() > 1) {
            assertThat(padding.tokens(batch.size(), longest)).isLessThanOrEqualTo(policy.maxTokens());
            double run = cost.nanos(padding.rows(batch.size()), padding.columns(longest));
            double alone = batch.stream()
                    .mapToDouble(task -> cost.nanos(1, padding.columns(task.tokens())) / task.tokens())
                    .max()
                    .orElseThrow();
            assertThat(run / tokens(batch)).isLessThanOrEqualTo(1.4 * alone); // means of lengths are compared
            long latest =
                    batch.stream().mapToLong(InferenceTask::deadlineNanos).max().orElseThrow();
            assertThat(run).isLessThanOrEqualTo((double) (latest - now));
        }
    }

    private static RunCost anyCost(Random random) {
        return new RunCost(random.nextInt(2_000), 1 + random.nextInt(3), 0);
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
        tasks.forEach(task -> queue.add(List.of(task), now));
    }

    private static BatchQueue<Integer> queue(int maxTokens, int maxItems, Duration maxDelay) {
        return queue(maxTokens, maxItems, maxDelay, RunCost.UNKNOWN);
    }

    private static BatchQueue<Integer> queue(int maxTokens, int maxItems, Duration maxDelay, RunCost cost) {
        BatchPolicy policy = new BatchPolicy(maxTokens, maxItems, maxDelay, 1, 1_000_000);
        return new BatchQueue<>(policy, maxItems, Padding.TO_THE_LONGEST, cost);
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
