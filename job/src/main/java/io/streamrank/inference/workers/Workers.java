// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.workers.PriorityScheduler.Turn;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads on which all models of a JVM run: so many runs go on at the same time, however many models and subtasks there
 * are. Thread-safe.
 *
 * <p>A thread that comes free takes the next run of the lane whose {@linkplain PriorityScheduler turn} it is; equals take turns. All
 * lanes are guarded by the one {@link #lock}. A run that does not come back can be given up: its thread is left to itself
 * and another takes its place.
 */
public final class Workers implements SharedModels.Loaded {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final SharedModels<Workers> SHARED = new SharedModels<>();

    /** No run goes on, and no future is completed, while it is held. */
    public final ReentrantLock lock = new ReentrantLock();

    private final Condition change = lock.newCondition();
    private final int size;
    private final LongSupplier clock;
    private final List<Lane> lanes = new ArrayList<>();
    private final PriorityScheduler turns = new PriorityScheduler();
    private final Set<Thread> threads = new HashSet<>();
    private int started;
    private boolean closed;

    private record Job(Turn turn, Runnable run) {}

    /** One model's work. Called with the lock held. */
    public interface Lane {
        Priority precedence();

        /** Nanoseconds until something can run; {@link Long#MAX_VALUE} for not before something changes. */
        long delay(long now);

        /** What runs next on the calling thread; not null where the delay is over. */
        @Nullable
        Runnable next(long now);
    }

    public Workers(int size) {
        this(size, System::nanoTime);
    }

    /** @param clock by which runs are timed */
    public Workers(int size, LongSupplier clock) {
        this.size = size;
        this.clock = clock;
        locked(() -> {
            while (threads.size() < size) {
                start();
            }
        });
    }

    /**
     * The workers that all who ask for the same number in this JVM share.
     *
     * @param size 0 for one a core
     */
    public static SharedModels.Use<Workers> share(int size) throws ModelException {
        int runs = size > 0 ? size : Runtime.getRuntime().availableProcessors();
        return SHARED.open(String.valueOf(runs), () -> new Workers(runs));
    }

    /** Runs at the same time. */
    public int size() {
        return size;
    }

    public void add(Lane lane) {
        locked(() -> lanes.add(lane));
    }

    public void remove(Lane lane) {
        locked(() -> lanes.remove(lane));
    }

    /** To be called, with the lock held, where a lane has more to do than before. */
    public void wake() {
        change.signalAll();
    }

    /** Called with the lock held: the thread's run counts no longer. */
    public void giveUp(Thread thread) {
        if (threads.remove(thread) && !closed) {
            start();
        }
    }

    /** Lets every thread end after its run. */
    @Override
    public void close() {
        locked(() -> {
            closed = true;
            wake();
        });
    }

    public void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        started++;
        Thread thread = new Thread(this::work, "streamrank-inference #" + started);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void work() {
        for (Job job = take(); job != null; job = take()) {
            long since = clock.getAsLong();
            try {
                job.run.run();
            } catch (RuntimeException | Error e) {
                LOG.error("A worker thread continues after an unexpected failure", e);
            }
            end(job.turn, clock.getAsLong() - since);
        }
    }

    /** A run that was given up says nothing of how long others take. */
    private void end(Turn turn, long nanos) {
        locked(() -> {
            if (threads.contains(Thread.currentThread())) {
                turns.over(turn, nanos);
            }
        });
    }

    /** The next run, or null where this thread is to end. */
    private @Nullable Job take() {
        lock.lock();
        try {
            while (!closed && threads.contains(Thread.currentThread())) {
                long now = System.nanoTime();
                Job job = choose(now);
                if (job != null) {
                    return job;
                }
                await(lanes.stream().mapToLong(each -> each.delay(now)).min().orElse(Long.MAX_VALUE));
            }
            threads.remove(Thread.currentThread());
            return null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Job choose(long now) {
        Set<Priority> waiting = EnumSet.noneOf(Priority.class);
        List<Lane> ready = lanes.stream().filter(lane -> lane.delay(now) <= 0).toList();
        ready.forEach(lane -> waiting.add(lane.precedence()));
        if (waiting.isEmpty()) {
            return null;
        }
        Turn turn = turns.next(waiting);
        Lane lane = ready.stream()
                .filter(each -> each.precedence() == turn.precedence())
                .findFirst()
                .orElseThrow();
        lanes.remove(lane);
        lanes.add(lane);
        Runnable run = lane.next(now);
        if (run == null) {
            turns.over(turn, 0);
        }
        return run == null ? null : new Job(turn, run);
    }

    @SuppressWarnings("WaitNotInLoop") // the loop is in take()
    private void await(long nanos) {
        try {
            long unused = change.awaitNanos(nanos);
        } catch (InterruptedException e) {
            LOG.debug("A worker thread was interrupted and continues");
        }
    }
}
