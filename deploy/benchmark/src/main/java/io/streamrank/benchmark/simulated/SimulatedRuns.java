// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.simulated;

import io.streamrank.inference.model.InferenceException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Lets runs take their time, so many at once, without any work. Thread-safe.
 *
 * <p>A thread that sleeps wakes some 60 µs late. What a run took too long the next one takes less, so that many runs take
 * exactly as long as they should. Only so much counts as the timer's fault: a busy machine is late for other reasons.
 */
final class SimulatedRuns {
    static final long TIMER_NANOS = 100_000;

    private final LongSupplier clock;
    private final LongConsumer sleep;
    private final Semaphore free;
    private final AtomicLong late = new AtomicLong();

    SimulatedRuns(int atOnce) {
        this(atOnce, System::nanoTime, LockSupport::parkNanos);
    }

    /** @param sleep for so many nanoseconds, or somewhat more or less */
    SimulatedRuns(int atOnce, LongSupplier clock, LongConsumer sleep) {
        this.clock = clock;
        this.sleep = sleep;
        this.free = new Semaphore(atOnce, true);
    }

    /** Returns after that time. */
    void run(long nanos) throws InferenceException {
        free.acquireUninterruptibly();
        try {
            long end = clock.getAsLong() + nanos - Math.min(nanos, late.getAndSet(0));
            long left = end - clock.getAsLong();
            while (left > 0) {
                sleep.accept(left);
                if (Thread.interrupted()) {
                    throw new InferenceException("the run was interrupted");
                }
                left = end - clock.getAsLong();
            }
            late.addAndGet(Math.min(TIMER_NANOS, -left));
        } finally {
            free.release();
        }
    }
}
