// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.LongSupplier;

/**
 * Limits the queries in flight, and learns how many the job can bear. As TCP does, it adds one to the limit for each limit's
 * worth of answers in time, and halves the limit if the job is overloaded or silent. It halves at most once a second, since
 * one overload shows in the answers of many queries. Thread-safe.
 */
public final class ConcurrencyLimit {
    /** Remains of the limit, so that the gateway notices when the job is well again. */
    static final int LEAST = 4;

    private static final long PAUSE_NS = 1_000_000_000L;

    private final int most;
    private final LongSupplier nanoClock;

    @GuardedBy("this")
    private double limit;

    @GuardedBy("this")
    private int inFlight;

    @GuardedBy("this")
    private long decreasedNs;

    /** Says how a query ended. */
    public enum Outcome {
        ANSWERED,
        OVERLOADED,
        /** Says nothing about the job's speed, as a refusal does. */
        OTHER
    }

    /**
     * Makes a limit that begins at its maximum.
     *
     * @param most at least 1
     */
    public ConcurrencyLimit(int most, LongSupplier nanoClock) {
        if (most < 1) {
            throw new IllegalArgumentException("most must be at least 1: " + most);
        }
        this.most = most;
        this.nanoClock = nanoClock;
        this.limit = most;
        this.decreasedNs = nanoClock.getAsLong() - PAUSE_NS;
    }

    /** Takes a place, which {@link #release} gives back; false if all places are taken. */
    public synchronized boolean tryAcquire() {
        if (inFlight >= (int) limit) {
            return false;
        }
        inFlight++;
        return true;
    }

    /** Gives a place back. */
    public synchronized void release(Outcome outcome) {
        inFlight--;
        if (outcome == Outcome.ANSWERED) {
            limit = Math.min(most, limit + 1 / limit);
        } else if (outcome == Outcome.OVERLOADED && nanoClock.getAsLong() - decreasedNs >= PAUSE_NS) {
            decreasedNs = nanoClock.getAsLong();
            limit = Math.max(Math.min(LEAST, most), limit / 2);
        }
    }

    public synchronized int limit() {
        return (int) limit;
    }

    public synchronized int inFlight() {
        return inFlight;
    }
}
