// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.workers.PriorityScheduler.Grant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the work of all models of a JVM on a fixed number of threads, so that models and subtasks together never use more
 * cores than they should. Runs that wait for a device instead have threads in addition. Thread-safe.
 *
 * <p>A free thread takes the next run of a {@link WorkSource} whose priority the {@link PriorityScheduler} chooses; sources of
 * the same priority take turns. A run that does not come back can be given up: its thread is abandoned and another takes
 * its place.
 */
public final class Workers implements SharedModels.Loaded {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final SharedModels<Workers> SHARED = new SharedModels<>();

    private final Object lock = new Object();
    private final int size;
    private final LongSupplier clock;

    @GuardedBy("lock")
    private final List<WorkSource> sources = new ArrayList<>();

    @GuardedBy("lock")
    private final PriorityScheduler scheduler = new PriorityScheduler();

    @GuardedBy("lock")
    private final Set<Thread> threads = new HashSet<>();

    /** Threads that there should be: one a run on the cores, and those of the sources' {@link WorkSource#waitingRuns}. */
    @GuardedBy("lock")
    private int wanted;

    @GuardedBy("lock")
    private int started;

    @GuardedBy("lock")
    private boolean closed;

    private record Job(Grant grant, Runnable run) {}

    public Workers(int size) {
        this(size, System::nanoTime);
    }

    /** @param clock nanoseconds; all that runs here reads the time from it */
    public Workers(int size, LongSupplier clock) {
        this.size = size;
        this.clock = clock;
        synchronized (lock) {
            want(size);
        }
    }

    /**
     * Returns the workers that all who ask for the same number in this JVM share.
     *
     * @param size 0 for one a core
     */
    public static SharedModels.Use<Workers> share(int size) throws ModelException {
        int runs = size > 0 ? size : Runtime.getRuntime().availableProcessors();
        return SHARED.open(String.valueOf(runs), () -> new Workers(runs));
    }

    /** Returns how many runs there are on the cores at the same time. */
    public int size() {
        return size;
    }

    /** Returns how many threads there are, without those that were abandoned. */
    int threads() {
        synchronized (lock) {
            return threads.size();
        }
    }

    /** Returns the clock that deadlines are measured by, {@link System#nanoTime()} but for tests. */
    public LongSupplier clock() {
        return clock;
    }

    /** Returns the monitor that guards all sources. Nothing is run, and no future is completed, while it is held. */
    public Object lock() {
        return lock;
    }

    public void add(WorkSource source) {
        synchronized (lock) {
            sources.add(source);
            want(wanted + source.waitingRuns());
        }
    }

    public void remove(WorkSource source) {
        synchronized (lock) {
            if (sources.remove(source)) {
                want(wanted - source.waitingRuns());
            }
        }
    }

    /** Wakes idle threads; a source calls it when it has more to do than before. */
    public void wake() {
        synchronized (lock) {
            lock.notifyAll();
        }
    }

    /** Abandons a thread whose run does not come back, and starts another in its place. */
    public void abandon(Thread thread) {
        synchronized (lock) {
            if (threads.remove(thread) && !closed) {
                want(wanted);
            }
        }
    }

    /** Lets every thread end after its run. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }

    /** Starts what is missing; a thread too many ends after its run. */
    @GuardedBy("lock")
    private void want(int number) {
        wanted = number;
        while (threads.size() < wanted) {
            start();
        }
        if (threads.size() > wanted) {
            lock.notifyAll();
        }
    }

    @GuardedBy("lock")
    private void start() {
        started++;
        Thread thread = new Thread(this::work, "streamrank-inference #" + started);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread); // it takes the lock before it looks
    }

    private void work() {
        for (Job job = take(); job != null; job = take()) {
            long since = clock.getAsLong();
            try {
                job.run.run();
            } catch (RuntimeException | Error e) {
                LOG.error("A work source did not handle a failure of its own; its thread continues", e);
            }
            finish(job.grant, clock.getAsLong() - since);
        }
    }

    /** Records the run, unless it was given up: that says nothing of how long others take. */
    private void finish(Grant grant, long nanos) {
        synchronized (lock) {
            if (threads.contains(Thread.currentThread())) {
                scheduler.finish(grant, nanos);
            }
        }
    }

    /** Waits for the next run and returns it, or null where this thread is to end. */
    private @Nullable Job take() {
        synchronized (lock) {
            while (!closed && threads.contains(Thread.currentThread()) && threads.size() <= wanted) {
                long now = clock.getAsLong();
                Job job = choose(now);
                if (job != null) {
                    return job;
                }
                await(shortestDelay(now));
            }
            threads.remove(Thread.currentThread());
            return null;
        }
    }

    @GuardedBy("lock")
    private @Nullable Job choose(long now) {
        Set<Priority> waiting = EnumSet.noneOf(Priority.class);
        List<WorkSource> ready = new ArrayList<>();
        for (WorkSource source : sources) {
            if (source.delay(now) <= 0) {
                ready.add(source);
                waiting.add(source.priority());
            }
        }
        if (waiting.isEmpty()) {
            return null;
        }
        Grant grant = scheduler.next(waiting);
        ready.removeIf(each -> each.priority() != grant.priority());
        WorkSource source = ready.get(0);
        sources.remove(source);
        sources.add(source);
        Runnable run = source.next(now);
        if (run == null) {
            scheduler.finish(grant, 0);
        }
        return run == null ? null : new Job(grant, run);
    }

    @GuardedBy("lock")
    private long shortestDelay(long now) {
        long shortest = Long.MAX_VALUE;
        for (WorkSource source : sources) {
            shortest = Math.min(shortest, source.delay(now));
        }
        return shortest;
    }

    @SuppressWarnings("WaitNotInLoop") // the loop is in take()
    @GuardedBy("lock")
    private void await(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(lock, nanos);
        } catch (InterruptedException e) {
            LOG.debug("A worker thread was interrupted and continues");
        }
    }
}
