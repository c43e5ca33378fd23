// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

/**
 * How fast a model gets on with what waits for it: tokens by the time that passes on the clock, so that what other models
 * take of the workers is in it. Only runs that leave others waiting count, as what a model can do shows only then, and only
 * lately: what is two seconds old has a third of the weight. So a model that nobody waited for lately has no pace. Not
 * thread-safe; time is a parameter.
 */
final class ThroughputEstimate {
    private static final double WINDOW_NANOS = 2e9;
    /** Half of what there is at most, so next to nothing is told of a model that is used half the time. */
    private static final double ENOUGH_NANOS = 1e9;

    private double tokens;
    private double nanos;
    /** When both were brought up to date. */
    private long updated;

    private boolean measuring;
    private long since;

    /** Something waits from now on, or did already. */
    void start(long now) {
        if (!measuring) {
            measuring = true;
            since = now;
        }
    }

    /** Nothing waits any more. */
    void stop() {
        measuring = false;
    }

    /**
     * A run has ended.
     *
     * @param more tokens; 0 where it was given up or nobody wanted it any more, which says nothing of the pace
     */
    void ran(long more, long now) {
        if (measuring && more > 0) {
            double weight = weight(now);
            tokens = tokens * weight + more;
            nanos = nanos * weight + (now - since);
            updated = now;
        }
        since = now;
    }

    /** Nanoseconds that so many tokens will take; 0 where too little was measured lately to tell. */
    long nanosFor(long wanted, long now) {
        return nanos * weight(now) < ENOUGH_NANOS ? 0 : Math.round(wanted * nanos / tokens);
    }

    private double weight(long now) {
        return Math.min(1, Math.exp((updated - now) / WINDOW_NANOS)); // nanoTime may be anything before the first
    }
}
