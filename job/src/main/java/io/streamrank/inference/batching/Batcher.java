// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.batching.RequestQueue.Job;
import io.streamrank.inference.batching.Runs.Run;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.BatchStats;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.RecentTimes;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.workers.Priority;
import io.streamrank.inference.workers.WorkSource;
import io.streamrank.inference.workers.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one model's work on the {@link Workers} that it shares with others: callers put requests into its {@link
 * RequestQueue}, workers take jobs out. Thread-safe.
 *
 * <p>A run that does not come back in time fails all who wait for it, and another thread takes its place. Once a model has
 * lost twice as many runs as it may have at the same time, or has met an error that is fatal to the JVM, it is not {@link
 * #isUsable usable} any more. It is closed after its last run, so never under one.
 */
public final class Batcher<R> implements WorkSource, InferenceStage<R>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    private final BatchModel<R> model;
    private final BatchRunner<R> runner;
    private final RunTimeouts timeouts;
    private final BatcherErrors errors;
    private final Workers workers;
    private final LongSupplier clock;
    private final Timer timer;
    /** The workers' own. */
    private final Lock lock;

    private final Condition runEnded;

    @GuardedBy("lock")
    private final RequestQueue<R> queue;

    @GuardedBy("lock")
    private final Runs<R> runs;

    /** Why nothing is taken in any more; null while the model is usable. */
    @GuardedBy("lock")
    private @Nullable UnavailableException unavailable;

    /** Whether the runs had their time to end after the model was closed. */
    @GuardedBy("lock")
    private boolean awaited;

    @GuardedBy("lock")
    private boolean modelClosed;

    public Batcher(BatchModel<R> model, BatchPolicy policy, RunTimeouts timeouts, Workers workers) {
        this.model = model;
        this.timeouts = timeouts;
        this.errors = new BatcherErrors(model.name(), timeouts.run().toMillis());
        this.workers = workers;
        this.clock = workers.clock();
        this.lock = workers.lock();
        this.runEnded = lock.newCondition();
        int wanted = policy.workers() > 0 ? policy.workers() : model.batching().maxRuns();
        this.runs = new Runs<>(Math.min(wanted, workers.size()));
        this.runner = new BatchRunner<>(model, clock);
        this.queue = new RequestQueue<>(model, policy.suiting(model.batching()));
        this.timer = new Timer("streamrank-deadlines " + model.name(), clock);
        timer.every(timeouts.run().dividedBy(4), this::giveUpHungRuns);
        workers.add(this);
    }

    /** Returns the clock that deadlines are measured by. */
    public LongSupplier clock() {
        return clock;
    }

    /** Queues text to be tokenised, or throws; the caller's future fails at the deadline. */
    public void tokenize(TokenizationTask task) throws InferenceException {
        InferenceException refusal;
        lock.lock();
        try {
            refusal = unavailable != null ? unavailable : queue.add(task);
            workers.wake();
        } finally {
            lock.unlock();
        }
        admitOrThrow(refusal, task.items());
        timer.failAt(
                task.deadlineNanos(),
                task.caller(),
                "Model " + model.name() + " did not answer before the deadline; allow more time or send less.");
    }

    @Override
    public void admit(int items, long tokens, long deadlineNanos) throws InferenceException {
        InferenceException refusal;
        lock.lock();
        try {
            refusal = unavailable != null ? unavailable : queue.tooLate(tokens, deadlineNanos, clock.getAsLong());
        } finally {
            lock.unlock();
        }
        admitOrThrow(refusal, items);
    }

    @Override
    public void submit(
            List<? extends InferenceTask<R>> tasks, List<? extends InferenceTask<R>> shared, long deadlineNanos)
            throws InferenceException {
        List<InferenceTask<R>> expired = new ArrayList<>();
        InferenceException refusal;
        lock.lock();
        try {
            refusal = unavailable != null
                    ? unavailable
                    : queue.add(tasks, shared, deadlineNanos, clock.getAsLong(), expired);
            workers.wake();
        } finally {
            lock.unlock();
        }
        runner.drop(expired);
        admitOrThrow(refusal, tasks.size() + shared.size());
    }

    private void admitOrThrow(@Nullable InferenceException refusal, int items) throws InferenceException {
        if (refusal instanceof OverloadException) {
            runner.refuse(items);
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    public BatchStats stats() {
        lock.lock();
        try {
            return runner.stats(queue.items(), queue.tokens());
        } finally {
            lock.unlock();
        }
    }

    public RecentTimes recentTimes() {
        return runner.recentTimes();
    }

    /** Returns false for good once the model is closed or broken. */
    public boolean isUsable() {
        lock.lock();
        try {
            return unavailable == null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    @GuardedBy("lock")
    public Priority priority() {
        Priority highest = queue.highest();
        return highest == null ? Priority.PASSAGE_EMBEDDING : highest;
    }

    @Override
    @GuardedBy("lock")
    public long delay(long now) {
        return queue.delay(now, runs.roomForABatch());
    }

    @Override
    @GuardedBy("lock")
    public @Nullable Runnable next(long now) {
        Job<R> job = queue.next(now, runs.roomForABatch());
        if (job == null) {
            return null;
        }
        Run<R> run = runs.start(job, now);
        return () -> execute(run);
    }

    private void execute(Run<R> run) {
        long tokens = 0;
        try {
            tokens = runner.run(run.job());
        } catch (RuntimeException | Error e) {
            breakDown(run, e);
        } finally {
            end(run, tokens);
            closeModelAfterItsLastRun();
        }
    }

    private void end(Run<R> run, long tokens) {
        lock.lock();
        try {
            boolean othersWaitForRoom = !runs.roomForABatch();
            if (runs.end(run)) {
                queue.done(run.job(), tokens, clock.getAsLong());
            }
            runEnded.signalAll();
            if (othersWaitForRoom || runs.idle()) { // an idle model takes tasks whose batch is not full
                workers.wake();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Fails the model for an error that is no fault of a text, and all who wait for it. */
    private void breakDown(Run<R> run, Throwable cause) {
        UnavailableException why = errors.broken(cause);
        List<Request> waiting = new ArrayList<>(run.job().requests());
        lock.lock();
        try {
            unavailable = unavailable == null ? why : unavailable;
            waiting.addAll(queue.drain());
        } finally {
            lock.unlock();
        }
        fail(waiting, why);
        LOG.error("{}", why.getMessage(), cause);
    }

    /** Gives up runs that hang; once the model may lose no more, it is not usable any more. */
    private void giveUpHungRuns() {
        List<Run<R>> hung;
        List<Request> lost = new ArrayList<>();
        UnavailableException why;
        lock.lock();
        try {
            hung = runs.longerThan(timeouts.run().toNanos(), clock.getAsLong());
            for (Run<R> run : hung) {
                giveUp(run);
            }
            if (unavailable == null && runs.exhausted()) {
                unavailable = errors.lostAllRuns();
            }
            why = unavailable;
            if (why != null) {
                lost.addAll(queue.drain());
            }
            workers.wake();
        } finally {
            lock.unlock();
        }
        for (Run<R> run : hung) {
            InferenceException hangs = errors.hangs(run.job());
            LOG.error("{}", hangs.getMessage());
            fail(run.job().requests(), hangs);
        }
        if (why != null && !lost.isEmpty()) {
            LOG.error("{} {} texts were given up.", why.getMessage(), lost.size());
            fail(lost, why);
        }
    }

    @GuardedBy("lock")
    private void giveUp(Run<R> run) {
        runs.giveUp(run);
        queue.done(run.job(), 0, clock.getAsLong());
        workers.abandon(run.thread());
    }

    /** Fails what waits, lets what runs finish for a while, and closes the model when its last run has ended. */
    @Override
    public void close() {
        List<Request> waiting;
        lock.lock();
        try {
            unavailable = errors.closed();
            workers.remove(this);
            waiting = queue.drain();
        } finally {
            lock.unlock();
        }
        fail(waiting, errors.closed());
        fail(awaitRuns(), errors.closed());
        timer.close();
        closeModelAfterItsLastRun();
    }

    /** Returns who still waits for a run when the time is up; those runs are given up. */
    private List<Request> awaitRuns() {
        lock.lock();
        try {
            try {
                long left = timeouts.close().toNanos();
                while (left > 0 && !runs.over()) {
                    left = runEnded.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            awaited = true;
            List<Request> left = runs.requests();
            for (Run<R> run : runs.others()) {
                giveUp(run); // the workers may have other models to run
            }
            return left;
        } finally {
            lock.unlock();
        }
    }

    private void closeModelAfterItsLastRun() {
        boolean last;
        lock.lock();
        try {
            last = awaited && !modelClosed && runs.noneLeft();
            modelClosed |= last;
        } finally {
            lock.unlock();
        }
        if (last) {
            model.close();
        }
    }

    private static void fail(List<? extends Request> requests, InferenceException why) {
        requests.forEach(request -> request.fail(why));
    }
}
