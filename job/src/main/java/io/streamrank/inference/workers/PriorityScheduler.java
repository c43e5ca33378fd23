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
 * Which precedence has the next run: the first that waits, but for the {@link FairShare} of time that the later ones have. It is
 * time and not runs that is shared, as a batch of documents takes a hundred times as long as a pair. Not thread-safe; time
 * is a parameter.
 */
final class PriorityScheduler {
    private static final long FIRST_RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Map<Priority, FairShare> shares = new EnumMap<>(Priority.class);

    /**
     * A run.
     *
     * @param price of a due turn, 0 for any other
     * @param passed who waits meanwhile and would have gone after it anyway
     */
    record Turn(Priority precedence, long price, Set<Priority> passed) {}

    /**
     * The next turn; {@link #over} is to follow.
     *
     * @param waiting not empty
     */
    Turn next(Set<Priority> waiting) {
        SortedSet<Priority> inOrder = new TreeSet<>(waiting);
        Priority chosen = inOrder.first();
        for (Priority precedence : inOrder) {
            if (share(precedence).isDue()) {
                chosen = precedence; // of several the last, as the others will be due again sooner
            }
        }
        long price = chosen == inOrder.first() ? 0 : share(chosen).begin();
        SortedSet<Priority> passed = new TreeSet<>(inOrder.tailSet(chosen));
        passed.remove(chosen);
        return new Turn(chosen, price, passed);
    }

    /** The run has ended and took so long. */
    void over(Turn turn, long nanos) {
        share(turn.precedence()).over(turn.price(), nanos);
        turn.passed().forEach(precedence -> share(precedence).passedOver(nanos));
    }

    private FairShare share(Priority precedence) {
        return shares.computeIfAbsent(precedence, unused -> new FairShare(FIRST_RUN_NANOS));
    }
}
