// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.Padding;
import io.streamrank.inference.workers.Priority;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds tasks that came together, so with the same priority and deadline, sorted once by their length: the longest first. A
 * query's pairs are one group. Not thread-safe.
 */
final class TaskGroup<R> {
    static final Comparator<TaskGroup<?>> BY_AGE = Comparator.<TaskGroup<?>>comparingLong(
                    group -> group.arrival.order())
            .thenComparingLong(group -> group.id);
    static final Comparator<TaskGroup<?>> BY_DEADLINE =
            Comparator.<TaskGroup<?>>comparingLong(group -> group.deadlineNanos).thenComparing(BY_AGE);

    private final List<@Nullable InferenceTask<R>> tasks;
    /** Padded lengths; 0 for a task that has left. */
    private final int[] columns;

    private final int[] tokens;
    private final long deadlineNanos;
    private final boolean alone;
    private final Arrival arrival;
    private final long id;
    private int first;
    private int size;
    private long sum;

    /** Says when tasks came, which they keep when they move to another group. */
    record Arrival(long order, long nanos) {
        Arrival earlier(Arrival other) {
            return other.order < order ? other : this;
        }
    }

    /**
     * Makes a group of tasks, which are of this group from now on.
     *
     * @param unsorted at least one, all with the same priority and deadline, and alone or not
     * @param id tells groups of the same arrival apart
     */
    TaskGroup(List<? extends InferenceTask<R>> unsorted, Padding padding, Arrival arrival, long id) {
        this.arrival = arrival;
        this.id = id;
        this.size = unsorted.size();
        this.deadlineNanos = unsorted.get(0).deadlineNanos();
        this.alone = unsorted.get(0).isAlone();
        this.tasks = new ArrayList<>(size);
        this.columns = new int[size];
        this.tokens = new int[size];
        long[] longestFirst = new long[size];
        for (int i = 0; i < size; i++) {
            longestFirst[i] = ((long) -unsorted.get(i).tokens() << Integer.SIZE) + i;
        }
        Arrays.sort(longestFirst);
        for (int i = 0; i < size; i++) {
            InferenceTask<R> task = unsorted.get((int) longestFirst[i]);
            tasks.add(task);
            tokens[i] = task.tokens();
            columns[i] = Math.max(1, padding.columns(tokens[i]));
            sum += tokens[i];
            task.join(this, i);
        }
    }

    Priority priority() {
        return Objects.requireNonNull(tasks.get(first)).priority();
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Returns whether each of its tasks has a run for itself. */
    boolean isAlone() {
        return alone;
    }

    Arrival arrival() {
        return arrival;
    }

    /** Returns how many tasks have not left. */
    int size() {
        return size;
    }

    /** Returns the tokens of those. */
    long tokens() {
        return sum;
    }

    /** Returns the positions that {@link #columns(int)} and the others know. */
    int positions() {
        return columns.length;
    }

    /** Returns the padded length of the task at a position; 0 where it has left. They do not grow from one to the next. */
    int columns(int position) {
        return columns[position];
    }

    /** Returns the length of a task that has not left. */
    int tokens(int position) {
        return tokens[position];
    }

    /** Returns the first position whose task has not left; there has to be one. */
    int first() {
        return first;
    }

    InferenceTask<R> task(int position) {
        return Objects.requireNonNull(tasks.get(position));
    }

    /** Returns the tasks that have not left, the longest first. */
    List<InferenceTask<R>> tasks() {
        List<InferenceTask<R>> left = new ArrayList<>(size);
        for (int i = first; i < columns.length; i++) {
            if (columns[i] > 0) {
                left.add(task(i));
            }
        }
        return left;
    }

    /** Lets a task leave. */
    void remove(int position) {
        InferenceTask<R> task = task(position);
        tasks.set(position, null);
        columns[position] = 0;
        size--;
        sum -= tokens[position];
        while (first < columns.length - 1 && columns[first] == 0) {
            first++;
        }
        task.leave();
    }
}
