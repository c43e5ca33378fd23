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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model's {@link Backlog} on the {@link Workers} that it shares with others: callers put tasks in, workers take batches
 * out and run them. Thread-safe.
 *
 * <p>A run that does not come back is given up: its callers are told, and the model goes on as long as there are not twice
 * as many such runs as it may have at the same time. The model is closed after its last run, so never under one.
 */
final class Batcher<R> implements Workers.Lane, Admission, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    private final BatchModel<R> model;
    private final BatchRunner<R> runner;
    private final Patience patience;
    private final Workers workers;
    private final int limit;
    private final Timer timer;

    /** All that follows is guarded by the workers' lock. */
    private final Backlog<R> backlog;

    private final Condition departure;
    private final Set<Run> running = new HashSet<>();
    private int givenUp;
    private boolean closed;
    private boolean awaited;
    private boolean modelClosed;

    Batcher(BatchModel<R> model, BatchPolicy policy, Patience patience, Workers workers) {
        this.model = model;
        this.patience = patience;
        this.workers = workers;
        int wanted = policy.workers() > 0 ? policy.workers() : model.maxRuns();
        this.limit = Math.min(wanted, workers.size());
        this.runner = new BatchRunner<>(model);
        this.backlog = new Backlog<>(model, policy);
        this.departure = workers.lock.newCondition();
        this.timer = new Timer("streamrank-deadlines " + model.name());
        timer.every(patience.run().dividedBy(4), this::giveUpHungRuns);
        workers.add(this);
    }

    /** Runs the preparation on a worker, before any batch. */
    void prepare(Preparation preparation) throws InferenceException {
        letIn(preparation.items(), () -> backlog.add(preparation));
        timer.fail(
                preparation.caller(),
                preparation.deadlineNanos(),
                "Model " + model.name() + " did not answer before the deadline; allow more time or send less.");
    }

    /** Queues all tasks, or none and throws. */
    void submit(List<Task<R>> tasks) throws InferenceException {
        List<Task<R>> expired = new ArrayList<>();
        try {
            letIn(tasks.size(), () -> backlog.add(tasks, System.nanoTime(), expired));
        } finally {
            runner.drop(expired);
        }
    }

    @Override
    public void admit(int items, long tokens, long deadlineNanos) throws InferenceException {
        letIn(items, () -> backlog.tooLate(tokens, deadlineNanos, System.nanoTime()));
    }

    private void letIn(int items, Supplier<? extends @Nullable OverloadException> admission) throws InferenceException {
        InferenceException refusal;
        workers.lock.lock();
        try {
            refusal = closed ? closedException() : capacity() == 0 ? hungException() : admission.get();
            workers.wake();
        } finally {
            workers.lock.unlock();
        }
        if (refusal instanceof OverloadException) {
            runner.refuse(items);
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    BatchStats stats() {
        workers.lock.lock();
        try {
            return runner.stats(backlog.items(), backlog.tokens());
        } finally {
            workers.lock.unlock();
        }
    }

    RecentTimes recentTimes() {
        return runner.recentTimes();
    }

    @Override
    public Precedence precedence() {
        return model.precedence(backlog.hasUrgent());
    }

    @Override
    public long delay(long now) {
        return running.size() < capacity() ? backlog.delay(now) : Long.MAX_VALUE;
    }

    @Override
    public @Nullable Runnable next(long now) {
        Job<R> job = backlog.next(now);
        if (job == null) {
            return null;
        }
        Run run = new Run(job, now, Thread.currentThread());
        running.add(run);
        return run;
    }

    private int capacity() {
        return Math.min(limit, 2 * limit - givenUp);
    }

    /** Fails what waits, lets what runs finish for a while, and closes the model when its last run has ended. */
    @Override
    public void close() {
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        workers.locked(() -> {
            closed = true;
            workers.remove(this);
            waiting.addAll(backlog.drain());
        });
        fail(waiting, closedException());
        awaitRuns();
        List<CompletableFuture<?>> left = new ArrayList<>();
        workers.locked(() -> {
            awaited = true;
            running.forEach(run -> left.addAll(run.job.callers()));
        });
        fail(left, closedException());
        timer.close();
        closeModelAfterItsLastRun();
    }

    private void awaitRuns() {
        workers.lock.lock();
        try {
            long left = patience.close().toNanos();
            while (left > 0
                    && !running.isEmpty()
                    && running.stream().noneMatch(run -> run.thread == Thread.currentThread())) {
                left = departure.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            workers.lock.unlock();
        }
    }

    private void closeModelAfterItsLastRun() {
        boolean last;
        workers.lock.lock();
        try {
            last = awaited && !modelClosed && running.isEmpty() && givenUp == 0;
            modelClosed |= last;
        } finally {
            workers.lock.unlock();
        }
        if (last) {
            model.close();
        }
    }

    private void giveUpHungRuns() {
        List<CompletableFuture<?>> lost = new ArrayList<>();
        workers.locked(() -> {
            long now = System.nanoTime();
            for (Run run : List.copyOf(running)) {
                if (now - run.since > patience.run().toNanos()) {
                    lost.addAll(run.job.callers());
                    running.remove(run);
                    backlog.done(run.job, 0, now);
                    givenUp++;
                    workers.giveUp(run.thread);
                }
            }
            if (capacity() == 0) {
                lost.addAll(backlog.drain());
            }
        });
        if (!lost.isEmpty()) {
            LOG.error("{} {} texts were given up.", hungException().getMessage(), lost.size());
            fail(lost, hungException());
        }
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

    /** A job on a worker. */
    private final class Run implements Runnable {
        private final Job<R> job;
        private final long since;
        private final Thread thread;
        private long tokens;

        Run(Job<R> job, long since, Thread thread) {
            this.job = job;
            this.since = since;
            this.thread = thread;
        }

        @Override
        public void run() {
            try {
                runner.drop(job.expired());
                if (job.preparation() != null) {
                    runner.prepare(job.preparation());
                }
                tokens = runner.run(job.batch());
            } finally {
                workers.locked(this::leave);
                closeModelAfterItsLastRun();
            }
        }

        private void leave() {
            boolean full = running.size() >= capacity();
            if (running.remove(this)) {
                backlog.done(job, tokens, System.nanoTime());
            } else {
                givenUp--; // it came back after all
            }
            departure.signalAll();
            if (full || running.isEmpty()) { // with nothing under way, tasks wait for company no longer
                workers.wake();
            }
        }
    }
}
