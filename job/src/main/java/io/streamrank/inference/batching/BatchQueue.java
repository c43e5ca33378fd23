// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.workers.FairShare;
import io.streamrank.inference.workers.Priority;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds tasks that wait for a run, and chooses which of them make the next batch. Time is a parameter and nothing here runs
 * by itself, so the same calls give the same batches. Not thread-safe.
 *
 * <p>A batch grows around a seed: the task of the highest priority, then of the earliest deadline, then the oldest. The
 * oldest task of all has a {@link FairShare} of the tokens, which bounds everyone's wait. The batch is filled with tasks of
 * similar length from the front of the queue, for padding costs as much as text does.
 *
 * <p>Example: tasks of 100, 20, 103, 400, 96 and 21 tokens wait, all alike else. The seed has 100 tokens, and a task may be
 * at most a sixteenth longer or shorter: 103 and 96 go along. The next batch is 20 and 21, the last 400.
 */
final class BatchQueue<R> {
    /** How far down the queue, in full batches, tasks are looked for to fill a batch. */
    private static final int WINDOW = 8;

    private final BatchPolicy policy;
    private final int maxItems;
    private final Padding padding;
    private final Set<InferenceTask<R>> byAge = new LinkedHashSet<>();
    private final Map<Priority, Line<R>> lines = new EnumMap<>(Priority.class);

    private final FairShare oldestShare;
    private long sequence;
    private long tokens;

    /**
     * @param modelLimit most items that the model takes at once
     * @param padding what a batch costs the model
     */
    BatchQueue(BatchPolicy policy, int modelLimit, Padding padding) {
        this.policy = policy;
        this.padding = padding;
        this.maxItems = Math.max(1, Math.min(policy.maxItems(), modelLimit));
        this.oldestShare = new FairShare(policy.maxTokens());
        for (Priority priority : Priority.values()) {
            lines.put(priority, new Line<>());
        }
    }

    /** Tasks of one priority. */
    private static final class Line<R> {
        private final NavigableSet<InferenceTask<R>> byDeadline = new TreeSet<>(InferenceTask.BY_DEADLINE);
        private final NavigableMap<Long, Long> tokensByDeadline = new TreeMap<>();

        void add(InferenceTask<R> task) {
            byDeadline.add(task);
            tokensByDeadline.merge(task.deadlineNanos(), (long) task.tokens(), Long::sum);
        }

        void remove(InferenceTask<R> task) {
            byDeadline.remove(task);
            tokensByDeadline.computeIfPresent(
                    task.deadlineNanos(), (deadline, sum) -> sum == task.tokens() ? null : sum - task.tokens());
        }

        long earliestDeadline() {
            return byDeadline.isEmpty() ? Long.MAX_VALUE : byDeadline.first().deadlineNanos();
        }

        long tokensUntil(long deadlineNanos) {
            long sum = 0;
            for (long each : tokensByDeadline.headMap(deadlineNanos, true).values()) {
                sum += each;
            }
            return sum;
        }
    }

    int size() {
        return byAge.size();
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
        return maxItems == 1 ? 0 : before / 2;
    }

    void add(InferenceTask<R> task, long now) {
        task.sequence = sequence++;
        task.enqueuedNanos = now;
        byAge.add(task);
        line(task.priority()).add(task);
        tokens += task.tokens();
    }

    /** Moves a task up to an earlier deadline, be it here, about to come or running already. */
    void moveUp(InferenceTask<R> task, long deadlineNanos) {
        if (deadlineNanos < task.deadlineNanos()) {
            boolean here = byAge.contains(task);
            if (here) {
                line(task.priority()).remove(task);
            }
            task.deadlineNanos(deadlineNanos);
            if (here) {
                line(task.priority()).add(task);
            }
        }
    }

    /** Removes and returns the tasks whose deadline has passed. */
    List<InferenceTask<R>> removeExpired(long now) {
        List<InferenceTask<R>> expired = new ArrayList<>();
        for (Line<R> line : lines.values()) {
            while (line.earliestDeadline() <= now) {
                expired.add(remove(line.byDeadline.first()));
            }
        }
        return expired;
    }

    /** Returns the nanoseconds until a batch is worth running beside others; {@link Long#MAX_VALUE} where nothing waits. */
    long delay(long now) {
        if (byAge.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long maxDelay = policy.maxDelay().toNanos();
        if (maxDelay <= 0 || byAge.size() >= maxItems || tokens >= policy.maxTokens()) {
            return 0;
        }
        for (Line<R> line : lines.values()) {
            if (line.earliestDeadline() <= now + maxDelay) {
                return 0; // waiting for others would cost the deadline
            }
        }
        return Math.max(0, oldest().enqueuedNanos + maxDelay - now);
    }

    /** Removes and returns the next batch, empty where nothing waits. Expired tasks are removed beforehand. */
    List<InferenceTask<R>> poll() {
        Priority highest = highest();
        if (highest == null) {
            return List.of();
        }
        InferenceTask<R> oldest = oldest();
        long reserved = oldestShare.isDue() ? oldestShare.reserve() : 0;
        InferenceTask<R> seed = reserved > 0 ? oldest : line(highest).byDeadline.first();
        List<InferenceTask<R>> batch = maxItems == 1 ? List.of(seed) : filled(seed);
        batch.forEach(this::remove);
        long spent = batch.stream().mapToLong(InferenceTask::tokens).sum();
        if (byAge.contains(oldest)) {
            oldestShare.earn(spent);
        } else {
            oldestShare.settle(reserved, spent);
        }
        return batch;
    }

    /** Removes and returns everything, oldest first. */
    List<InferenceTask<R>> drain() {
        List<InferenceTask<R>> all = List.copyOf(byAge);
        all.forEach(this::remove);
        return all;
    }

    private List<InferenceTask<R>> filled(InferenceTask<R> seed) {
        List<InferenceTask<R>> batch = new ArrayList<>();
        batch.add(seed);
        int longest = seed.tokens();
        for (InferenceTask<R> next : similar(seed)) {
            int longer = Math.max(longest, next.tokens());
            if (batch.size() < maxItems && padding.tokens(batch.size() + 1, longer) <= policy.maxTokens()) {
                batch.add(next);
                longest = longer;
            }
        }
        return batch;
    }

    /** Returns the first in the queue within a sixteenth of the seed's padded length, the nearest in length first. */
    private List<InferenceTask<R>> similar(InferenceTask<R> seed) {
        int tolerance = Math.max(4, seed.tokens() / 16);
        List<InferenceTask<R>> similar = new ArrayList<>();
        int left = WINDOW * maxItems;
        for (Line<R> line : lines.values()) {
            for (Iterator<InferenceTask<R>> tasks = line.byDeadline.iterator(); tasks.hasNext() && left > 0; left--) {
                InferenceTask<R> task = tasks.next();
                if (task != seed && distance(seed, task) <= tolerance) {
                    similar.add(task);
                }
            }
        }
        similar.sort(
                Comparator.comparingInt(task -> distance(seed, task))); // stable: among equals the first in the queue
        return similar;
    }

    private int distance(InferenceTask<R> one, InferenceTask<R> other) {
        return Math.abs(padding.columns(one.tokens()) - padding.columns(other.tokens()));
    }

    private InferenceTask<R> remove(InferenceTask<R> task) {
        byAge.remove(task);
        line(task.priority()).remove(task);
        tokens -= task.tokens();
        return task;
    }

    private InferenceTask<R> oldest() {
        return byAge.iterator().next();
    }

    private Line<R> line(Priority priority) {
        return Objects.requireNonNull(lines.get(priority));
    }
}
