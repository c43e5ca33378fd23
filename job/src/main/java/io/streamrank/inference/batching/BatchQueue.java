// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.batching.TaskGroup.Arrival;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.workers.FairShare;
import io.streamrank.inference.workers.Priority;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds tasks that wait for a run, and chooses which of them make the next batch. Time is a parameter and nothing here runs
 * by itself, so the same calls give the same batches. Not thread-safe.
 *
 * <p>Tasks are kept in the {@link TaskGroup}s that they came in, so that what it costs to keep order grows with queries and not
 * with pairs. A batch grows around a seed: the group of the highest priority, then of the earliest deadline, then the oldest.
 * The oldest group of all has a {@link FairShare} of the tokens, which bounds everyone's wait. The {@link BatchChooser} fills
 * the batch from the groups of the same priority that are next in the queue.
 */
final class BatchQueue<R> {
    /** How far down the queue, in full batches, tasks are looked for to fill a batch. */
    private static final int WINDOW = 8;

    private final BatchPolicy policy;
    private final int maxItems;
    private final Padding padding;
    private final BatchChooser<R> chooser;
    private final NavigableSet<TaskGroup<R>> byAge = new TreeSet<>(TaskGroup.BY_AGE);
    private final Map<Priority, Line<R>> lines = new EnumMap<>(Priority.class);

    private final FairShare oldestShare;
    private long arrivals;
    private long ids;
    private int size;
    private long tokens;

    /**
     * @param modelLimit most items that the model takes at once
     * @param padding how large a batch becomes
     * @param cost how long a run takes
     */
    BatchQueue(BatchPolicy policy, int modelLimit, Padding padding, RunCost cost) {
        this.policy = policy;
        this.padding = padding;
        this.maxItems = Math.max(1, Math.min(policy.maxItems(), modelLimit));
        this.chooser = new BatchChooser<>(maxItems, policy.maxTokens(), padding, cost);
        this.oldestShare = new FairShare(policy.maxTokens());
        for (Priority priority : Priority.values()) {
            lines.put(priority, new Line<>());
        }
    }

    /** Groups of one priority. */
    private static final class Line<R> {
        private final NavigableSet<TaskGroup<R>> byDeadline = new TreeSet<>(TaskGroup.BY_DEADLINE);
        private long tokens;

        long earliestDeadline() {
            return byDeadline.isEmpty() ? Long.MAX_VALUE : byDeadline.first().deadlineNanos();
        }

        long tokensUntil(long deadlineNanos) {
            if (byDeadline.isEmpty() || byDeadline.last().deadlineNanos() <= deadlineNanos) {
                return tokens;
            }
            long sum = 0;
            for (TaskGroup<R> group : byDeadline) {
                if (group.deadlineNanos() > deadlineNanos) {
                    break;
                }
                sum += group.tokens();
            }
            return sum;
        }
    }

    int size() {
        return size;
    }

    long tokens() {
        return tokens;
    }

    /** Returns the highest priority that waits, or null where nothing does. */
    @Nullable
    Priority highest() {
        for (Map.Entry<Priority, Line<R>> line : lines.entrySet()) {
            if (!line.getValue().byDeadline.isEmpty()) {
                return line.getKey();
            }
        }
        return null;
    }

    /** Returns the tokens of what is not for passages of the corpus, and has no later deadline. */
    long tokensBefore(long deadlineNanos) {
        return line(Priority.QUERY_EMBEDDING).tokensUntil(deadlineNanos)
                + line(Priority.RERANKING).tokensUntil(deadlineNanos);
    }

    /** Returns about how many tokens of later ones fill the batches of so many that go before. */
    long fillTokens(long before) {
        return maxItems == 1 ? 0 : before * 3 / 4;
    }

    /** Adds tasks that come together. Those that follow each other with the same priority and deadline make a group. */
    void add(List<? extends InferenceTask<R>> tasks, long now) {
        for (int from = 0, to = 1; from < tasks.size(); to++) {
            if (to == tasks.size() || !isAlike(tasks.get(from), tasks.get(to))) {
                add(tasks.subList(from, to), new Arrival(arrivals++, now));
                from = to;
            }
        }
    }

    private static boolean isAlike(InferenceTask<?> one, InferenceTask<?> other) {
        return one.priority() == other.priority()
                && one.deadlineNanos() == other.deadlineNanos()
                && one.isAlone() == other.isAlone();
    }

    private void add(List<? extends InferenceTask<R>> tasks, Arrival arrival) {
        TaskGroup<R> group = new TaskGroup<>(tasks, padding, arrival, ids++);
        byAge.add(group);
        Line<R> line = line(group.priority());
        line.byDeadline.add(group);
        line.tokens += group.tokens();
        size += group.size();
        tokens += group.tokens();
    }

    /** Moves tasks up to an earlier deadline, be they here, about to come or running already. */
    void moveUp(List<? extends InferenceTask<R>> tasks, long deadlineNanos) {
        Map<Priority, List<InferenceTask<R>>> moved = new EnumMap<>(Priority.class);
        Arrival arrival = new Arrival(Long.MAX_VALUE, 0);
        for (InferenceTask<R> task : tasks) {
            if (deadlineNanos < task.deadlineNanos()) {
                TaskGroup<R> group = task.group();
                if (group != null) {
                    arrival = group.arrival().earlier(arrival);
                    remove(task);
                    moved.computeIfAbsent(task.priority(), first -> new ArrayList<>())
                            .add(task);
                }
                task.deadlineNanos(deadlineNanos);
            }
        }
        for (List<InferenceTask<R>> together : moved.values()) {
            add(together, arrival);
        }
    }

    /** Removes and returns the tasks whose deadline has passed. */
    List<InferenceTask<R>> removeExpired(long now) {
        List<InferenceTask<R>> expired = new ArrayList<>();
        for (Line<R> line : lines.values()) {
            while (line.earliestDeadline() <= now) {
                expired.addAll(removed(line.byDeadline.first()));
            }
        }
        return expired;
    }

    /** Returns the nanoseconds until a batch is worth running beside others; {@link Long#MAX_VALUE} where nothing waits. */
    long delay(long now) {
        if (size == 0) {
            return Long.MAX_VALUE;
        }
        long maxDelay = policy.maxDelay().toNanos();
        if (maxDelay <= 0 || size >= maxItems || tokens >= policy.maxTokens()) {
            return 0;
        }
        for (Line<R> line : lines.values()) {
            if (line.earliestDeadline() <= now + maxDelay) {
                return 0; // waiting for others would cost the deadline
            }
        }
        return Math.max(0, byAge.first().arrival().nanos() + maxDelay - now);
    }

    /** Removes and returns the next batch, empty where nothing waits. Expired tasks are removed beforehand. */
    List<InferenceTask<R>> poll(long now) {
        Priority highest = highest();
        if (highest == null) {
            return List.of();
        }
        TaskGroup<R> oldest = byAge.first();
        int ofOldest = oldest.size();
        long reserved = oldestShare.isDue() ? oldestShare.reserve() : 0;
        TaskGroup<R> seed = reserved > 0 ? oldest : line(highest).byDeadline.first();
        List<InferenceTask<R>> batch =
                maxItems == 1 || seed.isAlone() ? List.of(seed.task(seed.first())) : filled(seed, now);
        batch.forEach(this::remove);
        long spent = 0;
        for (InferenceTask<R> task : batch) {
            spent += task.tokens();
        }
        if (oldest.size() == ofOldest) {
            oldestShare.earn(spent);
        } else {
            oldestShare.settle(reserved, spent);
        }
        return batch;
    }

    /** Removes and returns everything, oldest first. */
    List<InferenceTask<R>> drain() {
        List<InferenceTask<R>> all = new ArrayList<>(size);
        while (!byAge.isEmpty()) {
            all.addAll(removed(byAge.first()));
        }
        return all;
    }

    private List<InferenceTask<R>> filled(TaskGroup<R> seed, long now) {
        List<TaskGroup<R>> others = new ArrayList<>();
        int left = WINDOW * maxItems - seed.size();
        for (TaskGroup<R> group : line(seed.priority()).byDeadline) {
            if (left <= 0) {
                break;
            }
            if (group != seed && !group.isAlone()) {
                others.add(group);
                left -= group.size();
            }
        }
        double allowed = seed.deadlineNanos() == Long.MAX_VALUE ? Double.MAX_VALUE : seed.deadlineNanos() - now;
        return chooser.choose(seed, others, allowed);
    }

    private List<InferenceTask<R>> removed(TaskGroup<R> group) {
        List<InferenceTask<R>> tasks = group.tasks();
        tasks.forEach(this::remove);
        return tasks;
    }

    private void remove(InferenceTask<R> task) {
        TaskGroup<R> group = Objects.requireNonNull(task.group());
        Line<R> line = line(task.priority());
        size--;
        tokens -= task.tokens();
        line.tokens -= task.tokens();
        group.remove(task.position());
        if (group.size() == 0) {
            byAge.remove(group);
            line.byDeadline.remove(group);
        }
    }

    private Line<R> line(Priority priority) {
        return Objects.requireNonNull(lines.get(priority));
    }
}
