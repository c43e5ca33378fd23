// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.DeadlineExceededException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a model's deadlines, on one thread. Thread-safe. */
final class Timer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Timer.class);

    private final LongSupplier clock;
    private final ScheduledThreadPoolExecutor executor;

    Timer(String name, LongSupplier clock) {
        this.clock = clock;
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
    }

    /** Fails the future at the deadline unless it is done by then. */
    void failAt(long deadlineNanos, CompletableFuture<?> future, String message) {
        if (deadlineNanos == Long.MAX_VALUE || future.isDone()) {
            return;
        }
        Runnable fail = () -> future.completeExceptionally(new DeadlineExceededException(message));
        long delay = deadlineNanos - clock.getAsLong();
        if (delay <= 0) {
            fail.run();
            return;
        }
        try {
            ScheduledFuture<?> expiry = executor.schedule(fail, delay, TimeUnit.NANOSECONDS);
            future.whenComplete((result, failure) -> expiry.cancel(false));
        } catch (RejectedExecutionException closed) {
            fail.run(); // whoever closed the model has told the caller already, or never will
        }
    }

    void every(Duration period, Runnable task) {
        long nanos = Math.max(1, period.toNanos());
        executor.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        LOG.error("A model's watchdog failed and continues", e); // else it would never run again
                    }
                },
                nanos,
                nanos,
                TimeUnit.NANOSECONDS);
    }

    /** Forgets all deadlines. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
