// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.workers.FairShare;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Waiting tasks, and which of them make the next batch. Time is a parameter and nothing here runs by itself, so the same
 * calls give the same batches. Not thread-safe.
 *
 * <p>A batch grows around a leader: the urgent before the others, then the earliest deadline, then the oldest; but the
 * oldest of all has a {@link FairShare} of the tokens, which bounds everyone's wait. Company is chosen by length among the next
 * in line, for padding costs as much as text does.
 */
final class BatchQueue<R> {
    /** How far down the line, in full batches, company is looked for. */
    private static final int WINDOW = 8;

    private final BatchPolicy policy;
    private final int maxItems;
    private final Padding padding;
    private final Map<Long, Entry<R>> byAge = new LinkedHashMap<>();
    private final NavigableSet<Entry<R>> urgent = new TreeSet<>(Entry.BY_DEADLINE);
    private final NavigableSet<Entry<R>> ordinary = new TreeSet<>(Entry.BY_DEADLINE);
    /** Tokens of the urgent by deadline. */
    private final NavigableMap<Long, Long> urgentTokens = new TreeMap<>();

    private final FairShare share;
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
        this.share = new FairShare(policy.maxTokens());
    }

    int size() {
        return byAge.size();
    }

    long tokens() {
        return tokens;
    }

    /** Tokens of what is urgent and has no later deadline. */
    long urgentTokens(long deadlineNanos) {
        return urgentTokens.headMap(deadlineNanos, true).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** About how many tokens of later ones go before the last of so many, as the company of some of them. */
    long company(long before) {
        return maxItems == 1 ? 0 : before / 2;
    }

    boolean hasUrgent() {
        return !urgent.isEmpty();
    }

    /** Takes all tasks, or none and false where the queue would exceed its limit. */
    boolean offer(List<InferenceTask<R>> tasks, long now) {
        long more = tasks.stream().mapToLong(InferenceTask::tokens).sum();
        if (tokens + more > policy.maxQueuedTokens()) {
            return false;
        }
        for (InferenceTask<R> task : tasks) {
            Entry<R> entry = new Entry<>(task, now, sequence++);
            byAge.put(entry.sequence(), entry);
            line(entry).add(entry);
            if (task.urgent()) {
                urgentTokens.merge(task.deadlineNanos(), (long) task.tokens(), Long::sum);
            }
        }
        tokens += more;
        return true;
    }

    /** Removes and returns the tasks whose deadline has passed. */
    List<InferenceTask<R>> removeExpired(long now) {
        List<InferenceTask<R>> expired = new ArrayList<>();
        for (NavigableSet<Entry<R>> line : List.of(urgent, ordinary)) {
            while (!line.isEmpty() && line.first().task().expired(now)) {
                expired.add(remove(line.first()).task());
            }
        }
        return expired;
    }

    /** Nanoseconds until there is a batch worth running beside others; {@link Long#MAX_VALUE} where nothing waits. */
    long delay(long now) {
        if (byAge.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long maxDelay = policy.maxDelay().toNanos();
        if (maxDelay <= 0 || byAge.size() >= maxItems || tokens >= policy.maxTokens()) {
            return 0;
        }
        if (mostUrgent(urgent) <= now + maxDelay || mostUrgent(ordinary) <= now + maxDelay) {
            return 0; // waiting for company would cost the deadline
        }
        return Math.max(0, oldest().enqueued() + maxDelay - now);
    }

    /** Removes and returns the next batch, empty where nothing waits. Expired tasks are removed beforehand. */
    List<InferenceTask<R>> poll() {
        if (byAge.isEmpty()) {
            return List.of();
        }
        Entry<R> oldest = oldest();
        long price = share.isDue() ? share.begin() : 0;
        Entry<R> leader = price > 0 ? oldest : (urgent.isEmpty() ? ordinary : urgent).first();
        List<Entry<R>> batch = maxItems == 1 ? List.of(leader) : withCompany(leader);
        List<InferenceTask<R>> tasks =
                batch.stream().map(this::remove).map(Entry::task).toList();
        long spent = tasks.stream().mapToLong(InferenceTask::tokens).sum();
        if (byAge.containsKey(oldest.sequence())) {
            share.passedOver(spent);
        } else {
            share.over(price, spent);
        }
        return tasks;
    }

    /** Removes and returns everything, oldest first. */
    List<InferenceTask<R>> drain() {
        List<InferenceTask<R>> all = byAge.values().stream().map(Entry::task).toList();
        byAge.clear();
        urgent.clear();
        ordinary.clear();
        urgentTokens.clear();
        tokens = 0;
        return all;
    }

    private List<Entry<R>> withCompany(Entry<R> leader) {
        List<Entry<R>> batch = new ArrayList<>();
        batch.add(leader);
        int longest = leader.tokens();
        for (Entry<R> next : similar(leader)) {
            int longer = Math.max(longest, next.tokens());
            if (batch.size() < maxItems && padding.tokens(batch.size() + 1, longer) <= policy.maxTokens()) {
                batch.add(next);
                longest = longer;
            }
        }
        return batch;
    }

    /** Those next in line within a sixteenth of the leader's length as the model pads it, the nearest in length first. */
    private List<Entry<R>> similar(Entry<R> leader) {
        int tolerance = Math.max(4, leader.tokens() / 16);
        List<Entry<R>> similar = new ArrayList<>();
        int left = WINDOW * maxItems;
        for (NavigableSet<Entry<R>> line : List.of(urgent, ordinary)) {
            for (Iterator<Entry<R>> entries = line.iterator(); entries.hasNext() && left > 0; left--) {
                Entry<R> entry = entries.next();
                if (entry.sequence() != leader.sequence() && distance(leader, entry) <= tolerance) {
                    similar.add(entry);
                }
            }
        }
        similar.sort(
                Comparator.comparingInt(entry -> distance(leader, entry))); // stable: among equals the next in line
        return similar;
    }

    private int distance(Entry<R> one, Entry<R> other) {
        return Math.abs(padding.columns(one.tokens()) - padding.columns(other.tokens()));
    }

    private Entry<R> remove(Entry<R> entry) {
        byAge.remove(entry.sequence());
        line(entry).remove(entry);
        tokens -= entry.tokens();
        if (entry.task().urgent()) {
            urgentTokens.computeIfPresent(
                    entry.task().deadlineNanos(),
                    (deadline, left) -> left == entry.tokens() ? null : left - entry.tokens());
        }
        return entry;
    }

    private Entry<R> oldest() {
        return byAge.values().iterator().next();
    }

    private NavigableSet<Entry<R>> line(Entry<R> entry) {
        return entry.task().urgent() ? urgent : ordinary;
    }

    private static <R> long mostUrgent(NavigableSet<Entry<R>> line) {
        return line.isEmpty() ? Long.MAX_VALUE : line.first().task().deadlineNanos();
    }

    private record Entry<R>(InferenceTask<R> task, long enqueued, long sequence) {
        static final Comparator<Entry<?>> BY_DEADLINE = Comparator.<Entry<?>>comparingLong(
                        entry -> entry.task().deadlineNanos())
                .thenComparingLong(Entry::sequence);

        int tokens() {
            return task.tokens();
        }
    }
}
