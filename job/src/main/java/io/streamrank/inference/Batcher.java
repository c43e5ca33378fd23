// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.Backlog.Job;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads around a {@link Backlog}: callers put tasks in, workers take batches out and run them. Thread-safe.
 *
 * <p>There is one lock, and no future is completed and no model run while it is held. A run that does not come back is
 * given up: its callers are told, its thread is left to itself and another takes its place, as long as there are not
 * twice as many threads as workers. The model is closed by the last thread to leave, so never under a run.
 */
final class Batcher<R> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    private final BatchModel<R> model;
    private final BatchRunner<R> runner;
    private final Patience patience;
    private final int workers;
    private final Deadlines deadlines;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition departure = lock.newCondition();
    private final Backlog<R> backlog;
    private final Set<Worker> active = new HashSet<>();
    private int threads;
    private boolean closed;

    Batcher(BatchModel<R> model, BatchPolicy policy, Patience patience) {
        this.model = model;
        this.patience = patience;
        this.runner = new BatchRunner<>(model);
        this.backlog = new Backlog<>(model, policy);
        this.workers =
                policy.workers() > 0 ? policy.workers() : Runtime.getRuntime().availableProcessors();
        this.deadlines = new Deadlines("streamrank-deadlines " + model.name());
        deadlines.every(patience.run().dividedBy(4), this::giveUpHungRuns);
        locked(() -> {
            while (active.size() < workers) {
                startWorker();
            }
        });
    }

    /** Runs the preparation on a worker, before any batch. */
    void prepare(Preparation preparation) throws InferenceException {
        admit(() -> backlog.add(preparation));
        deadlines.fail(
                preparation.caller(),
                preparation.deadlineNanos(),
                "Model " + model.name() + " did not answer before the deadline; allow more time or send less.");
    }

    /** Queues all tasks, or none and throws. */
    void submit(List<Task<R>> tasks) throws InferenceException {
        List<Task<R>> expired = new ArrayList<>();
        try {
            admit(() -> backlog.add(tasks, System.nanoTime(), expired));
        } finally {
            runner.drop(expired);
        }
    }

    private void admit(Supplier<? extends @Nullable InferenceException> admission) throws InferenceException {
        InferenceException refusal;
        lock.lock();
        try {
            refusal = closed ? closedException() : active.isEmpty() ? hungException() : admission.get();
            work.signalAll();
        } finally {
            lock.unlock();
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    BatchStats stats() {
        lock.lock();
        try {
            return runner.stats(backlog.items(), backlog.tokens());
        } finally {
            lock.unlock();
        }
    }

    /** Fails what waits, lets what runs finish for a while, and closes the model when its last run has ended. */
    @Override
    public void close() {
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        locked(() -> {
            closed = true;
            waiting.addAll(backlog.drain());
            work.signalAll();
        });
        fail(waiting, closedException());
        awaitWorkers();
        List<CompletableFuture<?>> running = new ArrayList<>();
        locked(() -> active.forEach(worker -> running.addAll(worker.callers())));
        fail(running, closedException());
        deadlines.close();
    }

    private void awaitWorkers() {
        lock.lock();
        try {
            long left = patience.close().toNanos();
            while (!active.isEmpty() && left > 0 && active.stream().noneMatch(Worker::isCurrent)) {
                left = departure.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void giveUpHungRuns() {
        List<CompletableFuture<?>> lost = new ArrayList<>();
        locked(() -> {
            long now = System.nanoTime();
            for (Worker worker : List.copyOf(active)) {
                if (worker.job != null && now - worker.since > patience.run().toNanos()) {
                    lost.addAll(worker.callers());
                    active.remove(worker);
                    if (threads < 2 * workers) {
                        startWorker();
                    }
                }
            }
            if (active.isEmpty()) {
                lost.addAll(backlog.drain());
            }
        });
        if (!lost.isEmpty()) {
            LOG.error(
                    "Model {} hangs: a run has taken more than {}; {} texts given up",
                    model.name(),
                    patience.run(),
                    lost.size());
            fail(lost, hungException());
        }
    }

    private void startWorker() {
        Worker worker = new Worker();
        active.add(worker);
        threads++;
        Thread thread = new Thread(worker, "streamrank-inference " + model.name() + " #" + threads);
        thread.setDaemon(true);
        thread.start();
    }

    private InferenceException closedException() {
        return new UnavailableException("Model " + model.name() + " was closed before it came to this text.");
    }

    private InferenceException hungException() {
        return new UnavailableException("Model " + model.name() + " hangs: a run has taken more than "
                + patience.run().toMillis() + " ms; restart the process, and use smaller batches if it happens again.");
    }

    private static void fail(List<CompletableFuture<?>> futures, InferenceException why) {
        futures.forEach(future -> future.completeExceptionally(why));
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    private final class Worker implements Runnable {
        /** Guarded by the lock, as is {@code since}; null while waiting. */
        private @Nullable Job<R> job;

        private long since;
        private @Nullable Thread thread;

        @Override
        public void run() {
            thread = Thread.currentThread();
            try {
                for (Job<R> next = take(); next != null; next = take()) {
                    run(next);
                }
            } finally {
                leave();
            }
        }

        private void run(Job<R> next) {
            try {
                runner.drop(next.expired());
                if (next.preparation() != null) {
                    next.preparation().run();
                }
                runner.run(next.batch());
            } catch (RuntimeException | Error e) {
                LOG.error("A worker of model {} goes on after a failure that is nobody's", model.name(), e);
            }
        }

        /** The next job, or null where this thread is to end. */
        private @Nullable Job<R> take() {
            lock.lock();
            try {
                job = null;
                if (!active.contains(this) && active.size() < workers) {
                    active.add(this); // a run that was given up came back after all
                }
                while (active.contains(this) && !closed) {
                    long now = System.nanoTime();
                    job = backlog.next(now);
                    if (job != null) {
                        since = now;
                        return job;
                    }
                    await(backlog.delay(now));
                }
                return null;
            } finally {
                lock.unlock();
            }
        }

        @SuppressWarnings("WaitNotInLoop") // the loop is in take()
        private void await(long nanos) {
            try {
                long unused = work.awaitNanos(nanos);
            } catch (InterruptedException e) {
                LOG.debug("Nobody should interrupt a worker of model {}; it goes on", model.name());
            }
        }

        private void leave() {
            boolean last;
            lock.lock();
            try {
                active.remove(this);
                last = --threads == 0;
                departure.signalAll();
            } finally {
                lock.unlock();
            }
            if (last) {
                model.close();
            }
        }

        private boolean isCurrent() {
            return thread == Thread.currentThread();
        }

        private List<CompletableFuture<?>> callers() {
            return job == null ? List.of() : job.callers();
        }
    }
}
