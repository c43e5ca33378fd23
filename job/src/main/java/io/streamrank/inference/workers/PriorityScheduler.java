// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Chooses the priority that has the next run: the first that waits, but each later one has a {@link FairShare} of the time.
 * Time is shared and not runs, as a batch of documents takes a hundred times as long as a pair. Not thread-safe; time is a
 * parameter.
 *
 * <p>Example: pairs run for 10 ms each while a batch of passages waits that is thought to take 100 ms. Seventy pairs go
 * first, 700 ms; then the batch is due.
 */
final class PriorityScheduler {
    private static final long FIRST_RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Map<Priority, FairShare> shares = new EnumMap<>(Priority.class);

    /**
     * The right to one run.
     *
     * @param reserved by a run that was due before others; 0 for any other
     * @param passed priorities that wait meanwhile and would have gone later anyway
     */
    record Grant(Priority priority, long reserved, Set<Priority> passed) {}

    /**
     * Grants the next run; {@link #finish} is to follow.
     *
     * @param waiting not empty
     */
    Grant next(Set<Priority> waiting) {
        SortedSet<Priority> inOrder = new TreeSet<>(waiting);
        Priority chosen = inOrder.first();
        for (Priority priority : inOrder) {
            if (share(priority).isDue()) {
                chosen = priority; // of several the last, as the others will be due again sooner
            }
        }
        long reserved = chosen == inOrder.first() ? 0 : share(chosen).reserve();
        SortedSet<Priority> passed = new TreeSet<>(inOrder.tailSet(chosen));
        passed.remove(chosen);
        return new Grant(chosen, reserved, passed);
    }

    /** Records how long the run took. */
    void finish(Grant grant, long nanos) {
        share(grant.priority()).settle(grant.reserved(), nanos);
        grant.passed().forEach(priority -> share(priority).earn(nanos));
    }

    private FairShare share(Priority priority) {
        return shares.computeIfAbsent(priority, first -> new FairShare(FIRST_RUN_NANOS));
    }
}
