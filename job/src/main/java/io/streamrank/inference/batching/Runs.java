// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.batching.RequestQueue.Job;
import io.streamrank.inference.batching.Suspects.Work;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One model's runs: those that go on, and how many were given up and have not come back. Not thread-safe. */
public final class Runs<R> {
    /** Runs that any model may lose, so that no single text makes one unusable. */
    private static final int FEWEST_LOSSES = 4;

    private final int limit;
    private final Set<Run<R>> running = Collections.newSetFromMap(new IdentityHashMap<>());
    private int givenUp;

    /** @param limit batches at the same time */
    Runs(int limit) {
        this.limit = limit;
    }

    /**
     * A job on a worker.
     *
     * @param blamed tasks that came up with it and are not to be run
     * @param taken what the backlog gave; null for a suspect, which it has given already
     * @param since on {@link System#nanoTime()}'s scale
     */
    record Run<R>(
            Job<R> job,
            List<InferenceTask<R>> blamed,
            @Nullable Job<R> taken,
            long since,
            Thread thread) {
        boolean isMine() {
            return thread == Thread.currentThread();
        }
    }

    Run<R> start(Work<R> work, @Nullable Job<R> taken, long now) {
        Run<R> run = new Run<>(work.job(), work.blamed(), taken, now, Thread.currentThread());
        running.add(run);
        return run;
    }

    /** Whether one more batch may run; what is prepared beside them is bounded by the workers alone. */
    boolean roomForABatch() {
        long batches =
                running.stream().filter(run -> !run.job.batch().isEmpty()).count();
        return batches < capacity();
    }

    /** Whether twice as many hang as may run. */
    boolean exhausted() {
        return capacity() <= 0;
    }

    private int capacity() {
        return Math.min(limit, Math.max(2 * limit, FEWEST_LOSSES) - givenUp);
    }

    /** Whether there is none to wait for: none goes on, or the calling thread is in one itself. */
    boolean over() {
        return running.isEmpty() || running.stream().anyMatch(Run::isMine);
    }

    boolean idle() {
        return running.isEmpty();
    }

    /** Whether none goes on nor may come back. */
    boolean noneLeft() {
        return running.isEmpty() && givenUp == 0;
    }

    /** Those that have gone on for longer. */
    List<Run<R>> longerThan(long nanos, long now) {
        return running.stream().filter(run -> now - run.since > nanos).toList();
    }

    /** Those of other threads. */
    List<Run<R>> others() {
        return running.stream().filter(run -> !run.isMine()).toList();
    }

    void giveUp(Run<R> run) {
        running.remove(run);
        givenUp++;
    }

    /** False where it had been given up. */
    boolean leave(Run<R> run) {
        boolean expected = running.remove(run);
        givenUp -= expected ? 0 : 1;
        return expected;
    }

    /** Who waits for what goes on. */
    List<CompletableFuture<?>> callers() {
        List<CompletableFuture<?>> callers = new ArrayList<>();
        running.forEach(run -> callers.addAll(run.job.callers()));
        return callers;
    }
}
