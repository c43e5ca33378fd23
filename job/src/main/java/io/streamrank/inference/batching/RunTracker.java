// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.batching.RequestQueue.Batch;
import io.streamrank.inference.batching.RequestQueue.Job;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Counts one model's runs: those in progress, and those that were given up and have not come back. Not thread-safe. */
final class RunTracker<R> {
    /** Runs that any model may lose, so that no single text makes one unusable. */
    private static final int FEWEST_LOSSES = 4;

    private final int limit;
    private final Set<Run<R>> running = Collections.newSetFromMap(new IdentityHashMap<>());
    private int givenUp;

    /** @param limit batches at the same time */
    RunTracker(int limit) {
        this.limit = limit;
    }

    /**
     * A job on a worker.
     *
     * @param since on the workers' clock
     */
    record Run<R>(Job<R> job, long since, Thread thread) {
        boolean isMine() {
            return thread == Thread.currentThread();
        }
    }

    /** Starts a run on the calling thread. */
    Run<R> start(Job<R> job, long now) {
        Run<R> run = new Run<>(job, now, Thread.currentThread());
        running.add(run);
        return run;
    }

    /** Returns whether one more batch may run; tokenising beside them is bounded by the workers alone. */
    boolean roomForABatch() {
        int batches = 0;
        for (Run<R> run : running) {
            batches += run.job instanceof Batch<R> batch && !batch.tasks().isEmpty() ? 1 : 0;
        }
        return batches < capacity();
    }

    /** Returns whether twice as many runs hang as may be in progress, and at least {@value #FEWEST_LOSSES}. */
    boolean exhausted() {
        return capacity() <= 0;
    }

    private int capacity() {
        return Math.min(limit, Math.max(2 * limit, FEWEST_LOSSES) - givenUp);
    }

    /** Returns whether there is none to wait for: none is in progress, or the calling thread is in one itself. */
    boolean over() {
        return running.isEmpty() || running.stream().anyMatch(Run::isMine);
    }

    boolean idle() {
        return running.isEmpty();
    }

    /** Returns whether none is in progress nor may come back. */
    boolean noneLeft() {
        return running.isEmpty() && givenUp == 0;
    }

    /** Returns those that have been in progress for longer. */
    List<Run<R>> longerThan(long nanos, long now) {
        return running.stream().filter(run -> now - run.since > nanos).toList();
    }

    /** Returns those of other threads. */
    List<Run<R>> others() {
        return running.stream().filter(run -> !run.isMine()).toList();
    }

    void giveUp(Run<R> run) {
        running.remove(run);
        givenUp++;
    }

    /** Ends a run; returns false where it had been given up. */
    boolean end(Run<R> run) {
        boolean expected = running.remove(run);
        givenUp -= expected ? 0 : 1;
        return expected;
    }

    /** Returns those who wait for what is in progress. */
    List<Request> requests() {
        List<Request> requests = new ArrayList<>();
        running.forEach(run -> requests.addAll(run.job.requests()));
        return requests;
    }
}
