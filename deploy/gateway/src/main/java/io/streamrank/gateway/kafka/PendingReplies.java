// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Remembers who waits for which reply. A waiter leaves with its reply, with a failure or at its deadline, so that nothing
 * remains of it. Thread-safe.
 */
final class PendingReplies implements AutoCloseable {
    private final Map<UUID, Waiter> waiters = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer;

    /** Waits for one reply. */
    private static final class Waiter {
        private final CompletableFuture<byte[]> reply = new CompletableFuture<>();
        private volatile boolean written;
    }

    PendingReplies() {
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "gateway-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Adds a waiter, and returns its reply. */
    CompletableFuture<byte[]> add(UUID id, Duration patience) {
        Waiter waiter = new Waiter();
        waiters.put(id, waiter);
        ScheduledFuture<?> deadline =
                timer.schedule(() -> expire(waiter, patience), patience.toMillis(), TimeUnit.MILLISECONDS);
        waiter.reply.whenComplete((reply, failure) -> {
            waiters.remove(id);
            deadline.cancel(false);
        });
        return waiter.reply;
    }

    private static void expire(Waiter waiter, Duration patience) {
        waiter.reply.completeExceptionally(
                waiter.written
                        ? new RequestException(
                                Problem.TIMEOUT,
                                "no answer came within %d ms: the job is busy or does not run"
                                        .formatted(patience.toMillis()))
                        : new RequestException(
                                Problem.UNAVAILABLE,
                                "Kafka did not take the query within %d ms".formatted(patience.toMillis())));
    }

    /** Notes that Kafka has the query. */
    void written(UUID id) {
        Waiter waiter = waiters.get(id);
        if (waiter != null) {
            waiter.written = true;
        }
    }

    /** Hands a reply to its waiter; false if nobody waits for it. */
    boolean complete(UUID id, byte[] reply) {
        Waiter waiter = waiters.get(id);
        return waiter != null && waiter.reply.complete(reply);
    }

    void fail(UUID id, RequestException failure) {
        Waiter waiter = waiters.get(id);
        if (waiter != null) {
            waiter.reply.completeExceptionally(failure);
        }
    }

    int size() {
        return waiters.size();
    }

    /** Fails all who wait. */
    @Override
    public void close() {
        waiters.values()
                .forEach(waiter -> waiter.reply.completeExceptionally(
                        new RequestException(Problem.UNAVAILABLE, "the gateway shuts down: send the request again")));
        timer.shutdownNow();
    }
}
