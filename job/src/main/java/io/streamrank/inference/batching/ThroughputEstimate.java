// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

/**
 * Estimates how many tokens a second a model does, from what it did lately while others waited: only then it shows what it
 * can do. Time is that on the clock, so what other models take of the workers is in it. Not thread-safe; time is a parameter.
 *
 * <p>Tokens and time are summed up; what is two seconds old has a third of the weight. Example: over two seconds, with
 * something waiting all the time, runs end every 50 ms and each had 100 tokens. That is 2,000 tokens a second, so 500 tokens
 * need 250 ms. With less than a second of such time within the window there is no estimate.
 */
final class ThroughputEstimate {
    private static final double WINDOW_NANOS = 2e9;
    /** Half of what there is at most, so a model that is used less than half the time has no estimate. */
    private static final double ENOUGH_NANOS = 1e9;

    private double tokens;
    private double nanos;
    /** When both were brought up to date. */
    private long updated;

    private boolean measuring;
    private long since;

    /** Begins to measure, unless it does already: something waits. */
    void start(long now) {
        if (!measuring) {
            measuring = true;
            since = now;
        }
    }

    /** Ends measuring: nothing waits any more. */
    void stop() {
        measuring = false;
    }

    /**
     * Adds a run that has ended.
     *
     * @param more tokens; 0 where it was given up or nobody wanted it any more, which says nothing of the throughput
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

    /** Returns the nanoseconds that so many tokens will take; 0 where too little was measured lately to tell. */
    long nanosFor(long wanted, long now) {
        return nanos * weight(now) < ENOUGH_NANOS ? 0 : Math.round(wanted * nanos / tokens);
    }

    private double weight(long now) {
        return Math.min(1, Math.exp((updated - now) / WINDOW_NANOS)); // the clock may start anywhere
    }
}
