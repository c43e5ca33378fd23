// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.batching.RequestQueue.Job;
import io.streamrank.inference.batching.RunTracker.Run;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.stats.BatchStats;
import io.streamrank.inference.stats.RecentTimes;
import io.streamrank.inference.workers.Priority;
import io.streamrank.inference.workers.WorkSource;
import io.streamrank.inference.workers.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one model's work on the {@link Workers} that it shares with others: callers put requests into its {@link
 * RequestQueue}, workers take jobs out. Thread-safe.
 *
 * <p>A run that does not come back in time fails all who wait for it with a {@link HungException}, and another thread takes its
 * place. Once a model has lost twice as many runs as it may have at the same time, or has met an error that is fatal to
 * the JVM, it is not {@link #isUsable usable} any more. It is closed after its last run, so never under one.
 *
 * <p>Longer than 250 lines, as whatever touches what the lock guards stands here and nowhere else.
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
    private final int waitingRuns;
    /** The workers' own. */
    private final Object lock;

    @GuardedBy("lock")
    private final RequestQueue<R> queue;

    @GuardedBy("lock")
    private final RunTracker<R> runs;

    /** Whether the model is to be closed once no run can come back. */
    @GuardedBy("lock")
    private boolean closing;

    /** Whether no run has broken the model, and none was given up. */
    @GuardedBy("lock")
    private boolean sound = true;

    public Batcher(BatchModel<R> model, BatchPolicy policy, RunTimeouts timeouts, Workers workers) {
        this.model = model;
        this.timeouts = timeouts;
        this.errors = new BatcherErrors(model.name(), timeouts.run().toMillis());
        this.workers = workers;
        this.clock = workers.clock();
        this.lock = workers.lock();
        Batching batching = model.model().batching();
        int wanted = policy.workers() > 0 ? policy.workers() : batching.maxRuns();
        this.waitingRuns = batching.waitingRuns() > 0 ? wanted : 0;
        this.runs = new RunTracker<>(Math.min(wanted, waitingRuns + workers.size()));
        this.runner = new BatchRunner<>(model, clock);
        this.queue = new RequestQueue<>(model, policy.suiting(model.model().batching()));
        this.timer = new Timer("streamrank-deadlines " + model.name(), clock);
        timer.every(timeouts.run().dividedBy(4), this::giveUpHungRuns);
        workers.add(this);
    }

    @Override
    public long now() {
        return clock.getAsLong();
    }

    /** Queues text to be tokenised, or throws; the caller's future fails at the deadline. */
    public void tokenize(TokenizationTask task) throws InferenceException {
        InferenceException rejection;
        synchronized (lock) {
            rejection = queue.add(task);
            workers.wake();
        }
        admitOrThrow(rejection, task.items());
        timer.failAt(
                task.deadlineNanos(),
                task.caller(),
                "Model " + model.name() + " did not answer before the deadline; allow more time or send less.");
    }

    @Override
    public void admit(int items, long tokens, long deadlineNanos) throws InferenceException {
        InferenceException rejection;
        synchronized (lock) {
            rejection = queue.tooLate(tokens, deadlineNanos, now());
        }
        admitOrThrow(rejection, items);
    }

    @Override
    public void submit(
            List<? extends InferenceTask<R>> tasks, List<? extends InferenceTask<R>> shared, long deadlineNanos)
            throws InferenceException {
        List<InferenceTask<R>> expired = new ArrayList<>();
        InferenceException rejection;
        synchronized (lock) {
            rejection = queue.add(tasks, shared, deadlineNanos, now(), expired);
            workers.wake();
        }
        runner.drop(expired);
        admitOrThrow(rejection, tasks.size() + shared.size());
    }

    @Override
    public void submitAgain(
            List<? extends InferenceTask<R>> tasks, List<? extends InferenceTask<R>> shared, long deadlineNanos)
            throws InferenceException {
        InferenceException closed;
        synchronized (lock) {
            closed = queue.addAgain(tasks, shared, deadlineNanos, now());
            workers.wake();
        }
        if (closed != null) {
            throw closed;
        }
    }

    private void admitOrThrow(@Nullable InferenceException rejection, int items) throws InferenceException {
        if (rejection instanceof OverloadException) {
            runner.reject(items);
        }
        if (rejection != null) {
            throw rejection;
        }
    }

    public BatchStats stats() {
        synchronized (lock) {
            return runner.stats(queue.items(), queue.tokens());
        }
    }

    public RecentTimes recentTimes() {
        return runner.recentTimes();
    }

    /** Returns false for good once the model is closed or broken. */
    public boolean isUsable() {
        synchronized (lock) {
            return queue.isOpen();
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
    public int waitingRuns() {
        return waitingRuns;
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
        synchronized (lock) {
            boolean othersWaitForRoom = !runs.roomForABatch();
            if (runs.end(run)) {
                queue.done(run.job(), tokens, now());
            }
            if (othersWaitForRoom || runs.idle() || !queue.isOpen()) { // an idle model takes a batch that is not full
                workers.wake(); // and whoever closes the model
            }
        }
    }

    /** Fails the model for an error that is no fault of a text, and all who wait for it. */
    private void breakDown(Run<R> run, Throwable cause) {
        UnavailableException why = errors.broken(cause);
        List<Request> waiting = new ArrayList<>(run.job().requests());
        synchronized (lock) {
            sound = false;
            waiting.addAll(queue.close(why));
        }
        fail(waiting, why);
        LOG.error("{}", why.getMessage(), cause);
    }

    /** Gives up runs that hang; once the model may lose no more, it is not usable any more. */
    private void giveUpHungRuns() {
        List<Run<R>> hung = List.of();
        List<Request> lost = List.of();
        UnavailableException broken = errors.lostAllRuns();
        try {
            synchronized (lock) {
                hung = runs.longerThan(timeouts.run().toNanos(), now());
                for (Run<R> run : hung) {
                    giveUp(run);
                }
                if (runs.exhausted()) {
                    lost = queue.close(broken);
                }
                workers.wake();
            }
        } finally { // also if no thread can take a hung one's place
            for (Run<R> run : hung) {
                HungException hangs = errors.hangs(run.job());
                LOG.error("{}", hangs.getMessage());
                fail(run.job().requests(), hangs);
            }
        }
        if (!lost.isEmpty()) {
            LOG.error("{} {} texts were given up.", broken.getMessage(), lost.size());
            fail(lost, broken);
        }
    }

    @GuardedBy("lock")
    private void giveUp(Run<R> run) {
        sound = false;
        runs.giveUp(run);
        queue.done(run.job(), 0, now());
        workers.abandon(run.thread());
    }

    /** Fails what waits, lets what runs finish for a while, and closes the model when its last run has ended. */
    @Override
    public void close() {
        List<Request> waiting;
        synchronized (lock) {
            workers.remove(this);
            waiting = queue.close(errors.closed());
        }
        fail(waiting, errors.closed());
        fail(awaitRuns(), errors.closed());
        timer.close();
        closeModelAfterItsLastRun();
    }

    /** Returns who still waits for a run when the time is up; those runs are given up. */
    private List<Request> awaitRuns() {
        long end = now() + timeouts.close().toNanos();
        synchronized (lock) {
            try {
                for (long now = now(); now < end && !runs.over(); now = now()) {
                    TimeUnit.NANOSECONDS.timedWait(lock, end - now);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            closing = true;
            List<Request> waiting = runs.requests();
            for (Run<R> run : runs.others()) {
                giveUp(run); // the workers may have other models to run
            }
            return waiting;
        }
    }

    private void closeModelAfterItsLastRun() {
        boolean last;
        boolean reusable;
        synchronized (lock) {
            last = closing && runs.noneLeft();
            closing &= !last;
            reusable = sound && !runner.hasFailed();
        }
        if (last) {
            model.close(reusable);
        }
    }

    private static void fail(List<? extends Request> requests, InferenceException why) {
        requests.forEach(request -> request.fail(why));
    }
}
