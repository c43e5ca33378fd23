// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.batching.TaskGroup.Arrival;
import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.workers.Priority;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchChooserTest {
    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    /** Nothing is better, or more than hardly better, among all sets of tasks that hold the seed's longest and keep to the budget and the deadline. */
    @ParameterizedTest
    @MethodSource("seeds")
    void takesTheLeastTimeForEachTokenOfAllPossibleBatches(long seed) {
        Random random = new Random(seed);
        RunCost cost = new RunCost(random.nextInt(3) * random.nextInt(300), 1, random.nextInt(2) / 50.0);
        int maxItems = 1 + random.nextInt(6);
        int maxTokens = 20 + random.nextInt(400);
        double allowed = random.nextBoolean() ? Double.MAX_VALUE : random.nextInt(600);
        TaskGroup<Integer> first = group(random, 0);
        List<TaskGroup<Integer>> others = List.of(group(random, 1), group(random, 2));
        BatchChooser<Integer> chooser = new BatchChooser<>(maxItems, maxTokens, Padding.TO_THE_LONGEST, cost);
        List<InferenceTask<Integer>> batch = chooser.choose(first, others, allowed);

        List<InferenceTask<Integer>> all = new ArrayList<>(first.tasks());
        others.forEach(group -> all.addAll(group.tasks()));
        double best = Double.POSITIVE_INFINITY;
        for (int set = 1; set < 1 << all.size(); set++) {
            int chosen = set;
            List<InferenceTask<Integer>> tried = IntStream.range(0, all.size())
                    .filter(i -> (chosen & 1 << i) != 0)
                    .mapToObj(all::get)
                    .toList();
            boolean ofSeed = tried.contains(all.get(0));
            int longest = tried.stream().mapToInt(InferenceTask::tokens).max().orElseThrow();
            boolean fits = tried.size() <= maxItems
                    && tried.size() * longest <= maxTokens
                    && cost.nanos(tried.size(), longest) <= allowed;
            if (ofSeed && (tried.size() == 1 || fits)) {
                best = Math.min(best, perToken(cost, tried));
            }
        }
        assertThat(batch).contains(all.get(0)).doesNotHaveDuplicates();
        assertThat(perToken(cost, batch)).isBetween(best * 0.999999, best * 1.020001);
        assertThat(chooser.choose(first, others, allowed)).as("chosen again").isEqualTo(batch);
    }

    /** With three of the others it would cost 1.3 % less for each token. */
    @Test
    void ofBatchesThatCostAboutTheSameTakesTheOneWithMostOfTheSeed() {
        BatchChooser<Integer> chooser = new BatchChooser<>(4, 100_000, Padding.TO_THE_LONGEST, new RunCost(6, 1, 0));
        TaskGroup<Integer> seed = of(0, 100, 100);
        TaskGroup<Integer> other = of(1, 101, 101, 101, 101);
        assertThat(chooser.choose(seed, List.of(other), 1e9))
                .extracting(InferenceTask::tokens)
                .containsExactly(100, 100);
    }

    /** A run costs as much as ten tokens: where shorter tasks are padded, they wait for a run of their own. */
    @Test
    void takesTasksOfAllLengthsWhereNothingIsPadded() {
        RunCost cost = new RunCost(10, 1, 0);
        TaskGroup<Integer> seed = of(0, 100, 12, 10);
        assertThat(new BatchChooser<Integer>(64, 1_000, Padding.TO_THE_LONGEST, cost).choose(seed, List.of(), 1e9))
                .hasSize(1);
        assertThat(new BatchChooser<Integer>(64, 1_000, Padding.PACKED, cost).choose(seed, List.of(), 1e9))
                .hasSize(3);
    }

    /** Sixteen rows more would be computed for one task. */
    @Test
    void leavesATaskForWhichManyRowsWouldBePadding() {
        BatchChooser<Integer> chooser = new BatchChooser<>(64, 100_000, rowsBy(16), new RunCost(1_000, 1, 0));
        assertThat(chooser.choose(of(0, IntStream.generate(() -> 50).limit(33).toArray()), List.of(), 1e9))
                .hasSize(32);
        assertThat(chooser.choose(of(0, IntStream.generate(() -> 50).limit(47).toArray()), List.of(), 1e9))
                .hasSize(47);
    }

    /** They cost nothing, however short they are. */
    @Test
    void fillsRowsThatAreComputedAnyway() {
        BatchChooser<Integer> chooser = new BatchChooser<>(64, 100_000, rowsBy(4), new RunCost(10, 1, 0));
        assertThat(chooser.choose(of(0, 100, 100, 100, 2, 2), List.of(), 1e9))
                .extracting(InferenceTask::tokens)
                .containsExactly(100, 100, 100, 2);
    }

    private static Padding rowsBy(int step) {
        return new Padding() {
            @Override
            public int rows(int items) {
                return (items + step - 1) / step * step;
            }
        };
    }

    private static double perToken(RunCost cost, List<InferenceTask<Integer>> batch) {
        int longest = batch.stream().mapToInt(InferenceTask::tokens).max().orElseThrow();
        long tokens = batch.stream().mapToLong(InferenceTask::tokens).sum();
        return cost.nanos(batch.size(), longest) / tokens;
    }

    private static TaskGroup<Integer> group(Random random, int order) {
        return of(
                order,
                random.ints(1 + random.nextInt(4), 1, 2 + random.nextInt(120)).toArray());
    }

    private static TaskGroup<Integer> of(int order, int... lengths) {
        List<FutureTask<Integer>> tasks = Arrays.stream(lengths)
                .mapToObj(tokens -> new FutureTask<Integer>(
                        new Encoding(new int[tokens], tokens, false),
                        Priority.RERANKING,
                        Long.MAX_VALUE,
                        0,
                        new CompletableFuture<>()))
                .toList();
        return new TaskGroup<>(tasks, Padding.TO_THE_LONGEST, new Arrival(order, 0), order);
    }
}
