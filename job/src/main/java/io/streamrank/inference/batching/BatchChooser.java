// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.inference.model.Padding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Chooses which tasks make a batch around the longest task of a group whose turn it is: of all batches with that task, the one
 * that takes the least predicted time for each of its tokens. Of those that take hardly more, the one with the most tokens of
 * the group, so that a query is not done bit by bit. Not thread-safe.
 *
 * <p>If any task of the group would do, its rare lengths waited while others kept coming, and the group's deadline passed.
 *
 * <p>For each padded length a batch is tried that begins with it and goes on with the next shorter tasks, until a further one
 * would cost more for each token. Example, on a device where a run costs as much as 1,000 tokens: pairs of 100, 60 and 20
 * tokens go together, for (1,000 + 3 × 100) / 180 = 7.2. Where it costs as much as 8 tokens, the first goes alone, for (8 +
 * 100) / 100 = 1.08; with the second it would be 1.3.
 */
final class BatchChooser<R> {
    /** A task more is taken if it costs the same for each token: that is one run less. */
    private static final double EQUAL = 1 + 1e-9;

    /** How much more time for each token a batch may take that has more of the seed's tokens. */
    private static final double HARDLY_MORE = 1.02;

    private final int maxItems;
    private final long maxTokens;
    private final Padding padding;
    private final RunCost cost;

    /** By padded length: what waits. */
    private int[] count = new int[0];

    private long[] tokens = new long[0];
    private final BitSet lengths = new BitSet();

    /** By padded length: the most items of a batch, and how many of them are taken. */
    private int[] most = new int[0];

    private int[] taken = new int[0];

    /** By padded length: how many tasks the seed has, and what a batch of that length takes for each token. */
    private int[] ofSeed = new int[0];

    private double[] nanosPerToken = new double[0];
    private double[] seedTokens = new double[0];

    BatchChooser(int maxItems, long maxTokens, Padding padding, RunCost cost) {
        this.maxItems = maxItems;
        this.maxTokens = maxTokens;
        this.padding = padding;
        this.cost = cost;
    }

    /**
     * Returns the tasks of the batch, which are still in their groups.
     *
     * @param seed whose turn it is; its longest task is in the batch
     * @param others in the order in which tasks of the same length are taken
     * @param allowedNanos that the batch may take, if more than one task is in it
     */
    List<InferenceTask<R>> choose(TaskGroup<R> seed, List<TaskGroup<R>> others, double allowedNanos) {
        add(seed);
        for (int i = lengths.nextSetBit(0); i >= 0; i = lengths.nextSetBit(i + 1)) {
            ofSeed[i] = count[i];
        }
        others.forEach(this::add);
        int best = best(seed, allowedNanos);
        fill(seed, best, allowedNanos);
        List<InferenceTask<R>> batch = new ArrayList<>();
        take(seed, best, batch);
        for (TaskGroup<R> other : others) {
            take(other, best, batch);
        }
        clear();
        return batch;
    }

    /** Returns the padded length of the best batch. */
    private int best(TaskGroup<R> seed, double allowedNanos) {
        double least = Double.POSITIVE_INFINITY;
        int shortest = seed.columns(seed.first());
        for (int columns = shortest; columns > 0; columns = lengths.nextSetBit(columns + 1)) {
            fill(seed, columns, allowedNanos);
            least = Math.min(least, nanosPerToken[columns]);
        }
        int best = 0;
        for (int columns = shortest; columns > 0; columns = lengths.nextSetBit(columns + 1)) {
            if (nanosPerToken[columns] <= least * HARDLY_MORE && (best == 0 || isBetter(columns, best))) {
                best = columns;
            }
        }
        return best;
    }

    private boolean isBetter(int columns, int best) {
        return seedTokens[columns] == seedTokens[best]
                ? nanosPerToken[columns] < nanosPerToken[best]
                : seedTokens[columns] > seedTokens[best];
    }

    private void add(TaskGroup<R> group) {
        grow(group.columns(group.first()) + 1);
        for (int i = group.first(); i < group.positions(); i++) {
            int columns = group.columns(i);
            if (columns > 0) {
                if (count[columns]++ == 0) {
                    lengths.set(columns);
                }
                tokens[columns] += group.tokens(i);
            }
        }
    }

    private void grow(int size) {
        if (size > count.length) {
            int larger = Math.max(size, 2 * count.length);
            count = Arrays.copyOf(count, larger);
            tokens = Arrays.copyOf(tokens, larger);
            most = Arrays.copyOf(most, larger);
            taken = Arrays.copyOf(taken, larger);
            ofSeed = Arrays.copyOf(ofSeed, larger);
            nanosPerToken = Arrays.copyOf(nanosPerToken, larger);
            seedTokens = Arrays.copyOf(seedTokens, larger);
        }
    }

    private void clear() {
        for (int i = lengths.nextSetBit(0); i >= 0; i = lengths.nextSetBit(i + 1)) {
            count[i] = 0;
            tokens[i] = 0;
            taken[i] = 0;
            ofSeed[i] = 0;
        }
        lengths.clear();
    }

    /**
     * Fills a batch of that padded length, counts in {@link #taken} what is in it, and notes the nanoseconds for each token;
     * infinite where there is no such batch.
     */
    private void fill(TaskGroup<R> seed, int columns, double allowedNanos) {
        int room = Math.min(most(columns), within(allowedNanos, columns));
        int first = seed.columns(seed.first());
        int items = 1;
        double real = (double) tokens[first] / count[first];
        double nanos = first == columns ? nanos(1, columns, real) / real : Double.POSITIVE_INFINITY;
        forget(columns);
        taken[first] = 1;
        double urgent = real;
        for (int length = columns; length > 0 && items < room; length = lengths.previousSetBit(length - 1)) {
            int waiting = count[length] - taken[length];
            if (waiting == 0) {
                continue;
            }
            double each = (double) tokens[length] / count[length];
            int all = Math.min(waiting, room - items);
            int more = 0;
            for (int candidate : new int[] {all, padding.whole(items + all) - items, padding.rows(items) - items}) {
                if (candidate > 0 && candidate <= all) {
                    double together = real + candidate * each;
                    double perToken = nanos(items + candidate, columns, together) / together;
                    boolean better = more == 0 ? perToken <= nanos * EQUAL : perToken < nanos;
                    if (better) {
                        nanos = perToken;
                        more = candidate;
                    }
                }
            }
            urgent += each * Math.min(more, ofSeed[length] - (length == first ? 1 : 0));
            taken[length] += more;
            items += more;
            real += more * each;
            if (more < waiting) {
                break;
            }
        }
        nanosPerToken[columns] = nanos;
        seedTokens[columns] = urgent;
    }

    private double nanos(int items, int columns, double real) {
        return cost.nanosOf(padding.computed(items, columns, real), columns);
    }

    private void forget(int columns) {
        for (int i = columns; i > 0; i = lengths.previousSetBit(i - 1)) {
            taken[i] = 0;
        }
    }

    /** Returns the most items of a batch of that padded length; at least one. */
    private int most(int columns) {
        if (most[columns] == 0) {
            most[columns] = padding.most(maxItems, maxTokens, columns);
        }
        return most[columns];
    }

    /** Returns the most items of that padded length that are predicted to be done in that time; at least one. */
    private int within(double allowedNanos, int columns) {
        double rows = (allowedNanos - cost.perRun()) / Math.max(1e-9, cost.nanos(1, columns) - cost.perRun());
        int items = (int) Math.max(1, Math.min(maxItems, rows));
        while (items > 1 && padding.rows(items) > rows) {
            items--;
        }
        return items;
    }

    private void take(TaskGroup<R> group, int longest, List<InferenceTask<R>> batch) {
        for (int i = group.first(); i < group.positions(); i++) {
            int columns = group.columns(i);
            if (columns > 0 && columns <= longest && taken[columns] > 0) {
                taken[columns]--;
                batch.add(group.task(i));
            }
        }
    }
}
