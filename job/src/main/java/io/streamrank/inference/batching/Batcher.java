// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.batching.RequestQueue.Job;
import io.streamrank.inference.batching.Runs.Run;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.BatchStats;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.RecentTimes;
import io.streamrank.inference.workers.Priority;
import io.streamrank.inference.workers.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model's {@link RequestQueue} on the {@link Workers} that it shares with others: callers put tasks in, workers take batches
 * out and run them. Thread-safe.
 *
 * <p>A run that does not come back is given up: another thread takes its place, and {@link Suspects} find out which of its
 * texts is at fault. The model goes on until twice as many such runs are lost as it may have at the same time; then it is not
 * {@link #isUsable usable} any more. It is closed after its last run, so never under one.
 */
public final class Batcher<R> implements Workers.Lane, Admission, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    private final BatchModel<R> model;
    private final BatchRunner<R> runner;
    private final RunTimeouts patience;
    private final BatcherErrors refusals;
    private final Workers workers;
    private final Timer timer;
    /** Written with the workers' lock held. */
    private volatile boolean unusable;

    private volatile boolean closed;

    /** All that follows is guarded by the workers' lock. */
    private final RequestQueue<R> backlog;

    private final Suspects<R> suspects = new Suspects<>();
    private final Runs<R> runs;
    private final Condition departure;
    private boolean awaited;
    private boolean modelClosed;

    public Batcher(BatchModel<R> model, BatchPolicy policy, RunTimeouts patience, Workers workers) {
        this.model = model;
        this.patience = patience;
        this.refusals = new BatcherErrors(model.name(), patience.run().toMillis());
        this.workers = workers;
        int wanted = policy.workers() > 0 ? policy.workers() : model.batching().maxRuns();
        this.runs = new Runs<>(Math.min(wanted, workers.size()));
        this.runner = new BatchRunner<>(model);
        this.backlog = new RequestQueue<>(model, policy.suiting(model.batching()));
        this.departure = workers.lock.newCondition();
        this.timer = new Timer("streamrank-deadlines " + model.name());
        timer.every(patience.run().dividedBy(4), this::giveUpHungRuns);
        workers.add(this);
    }

    /** Runs the preparation on a worker, before any batch. */
    public void prepare(TokenizationTask preparation) throws InferenceException {
        letIn(preparation.items(), () -> backlog.add(preparation));
        timer.fail(
                preparation.caller(),
                preparation.deadlineNanos(),
                "Model " + model.name() + " did not answer before the deadline; allow more time or send less.");
    }

    /** Queues all tasks, or none and throws. */
    public void submit(List<InferenceTask<R>> tasks) throws InferenceException {
        List<InferenceTask<R>> expired = new ArrayList<>();
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
            refusal = closed || unusable ? unavailable() : admission.get();
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

    public BatchStats stats() {
        workers.lock.lock();
        try {
            return runner.stats(backlog.items() + suspects.items(), backlog.tokens() + suspects.tokens());
        } finally {
            workers.lock.unlock();
        }
    }

    public RecentTimes recentTimes() {
        return runner.recentTimes();
    }

    /** False for good once all runs that the model may lose are lost. */
    public boolean isUsable() {
        return !unusable;
    }

    @Override
    public Priority precedence() {
        return model.precedence(backlog.hasUrgent() || suspects.hasUrgent());
    }

    @Override
    public long delay(long now) {
        boolean batches = runs.roomForABatch();
        return batches && suspects.ready() ? 0 : backlog.delay(now, batches);
    }

    @Override
    public @Nullable Runnable next(long now) {
        boolean batches = runs.roomForABatch();
        if (batches && suspects.ready()) {
            return onAWorker(runs.start(suspects.next(now), null, now));
        }
        Job<R> taken = backlog.next(now, batches);
        return taken == null ? null : onAWorker(runs.start(suspects.sift(taken), taken, now));
    }

    private Runnable onAWorker(Run<R> run) {
        return () -> {
            long tokens = 0;
            try {
                runner.drop(run.job().expired());
                run.blamed().forEach(task -> task.result().completeExceptionally(refusals.hung(List.of(task))));
                if (run.job().preparation() != null) {
                    runner.prepare(run.job().preparation());
                }
                tokens = runner.run(run.job().batch());
            } finally {
                long ran = tokens;
                workers.locked(() -> leave(run, ran));
                closeModelAfterItsLastRun();
            }
        };
    }

    private void leave(Run<R> run, long tokens) {
        boolean othersMay = !runs.roomForABatch() || suspects.items() > 0;
        suspects.acquit(run.job());
        if (runs.leave(run)) {
            suspects.leave(run.job());
            done(run, tokens);
        }
        departure.signalAll();
        if (othersMay || runs.idle()) { // with nothing under way, tasks wait for company no longer
            workers.wake();
        }
    }

    /** Fails what waits, lets what runs finish for a while, and closes the model when its last run has ended. */
    @Override
    public void close() {
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        workers.locked(() -> {
            closed = true;
            workers.remove(this);
            waiting.addAll(drain());
        });
        fail(waiting, refusals.closed());
        awaitRuns();
        List<CompletableFuture<?>> left = new ArrayList<>();
        workers.locked(() -> {
            awaited = true;
            left.addAll(runs.callers());
            runs.others().forEach(this::giveUp); // the workers may have other models to run
        });
        fail(left, refusals.closed());
        timer.close();
        closeModelAfterItsLastRun();
    }

    private void awaitRuns() {
        workers.lock.lock();
        try {
            long left = patience.close().toNanos();
            while (left > 0 && !runs.over()) {
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
            last = awaited && !modelClosed && runs.noneLeft();
            modelClosed |= last;
        } finally {
            workers.lock.unlock();
        }
        if (last) {
            model.close();
        }
    }

    private void giveUpHungRuns() {
        List<Run<R>> hung = new ArrayList<>();
        List<CompletableFuture<?>> lost = new ArrayList<>();
        workers.locked(() -> {
            hung.addAll(runs.longerThan(patience.run().toNanos(), System.nanoTime()));
            hung.forEach(this::giveUp);
            hung.forEach(run -> suspects.hang(run.job()));
            unusable = unusable || runs.exhausted();
            if (closed || unusable) {
                lost.addAll(drain());
            }
            workers.wake();
        });
        hung.forEach(this::blame);
        if (!lost.isEmpty()) {
            LOG.error("{} {} texts were given up.", unavailable().getMessage(), lost.size());
            fail(lost, unavailable());
        }
    }

    /** With the lock held: the run's thread is left to itself. */
    private void giveUp(Run<R> run) {
        runs.giveUp(run);
        done(run, 0);
        workers.giveUp(run.thread());
    }

    private void done(Run<R> run, long tokens) {
        if (run.taken() != null) {
            backlog.done(run.taken(), tokens, System.nanoTime());
        }
    }

    /** What hung alone has only itself to blame. */
    private void blame(Run<R> run) {
        int texts = run.job().batch().size();
        if (texts > 1) {
            LOG.warn(
                    "Model {}: a run of {} texts is given up after {} ms; each of them runs alone now.",
                    model.name(),
                    texts,
                    patience.run().toMillis());
        } else {
            InferenceException why = refusals.hung(run.job().batch());
            LOG.error("{}", why.getMessage());
            fail(run.job().callers(), why);
        }
    }

    /** With the lock held: empties all lines and returns who waits in them. */
    private List<CompletableFuture<?>> drain() {
        List<CompletableFuture<?>> waiting = backlog.drain();
        suspects.drain().forEach(task -> waiting.add(task.result()));
        return waiting;
    }

    private InferenceException unavailable() {
        return closed ? refusals.closed() : refusals.unusable();
    }

    private static void fail(List<CompletableFuture<?>> futures, InferenceException why) {
        futures.forEach(future -> future.completeExceptionally(why));
    }
}
