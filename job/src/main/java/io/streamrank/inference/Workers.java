// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads on which all models of a JVM run: so many runs go on at the same time, however many models and subtasks there
 * are. Thread-safe.
 *
 * <p>A thread that comes free takes the next run of the lane that goes first; every {@value #TURNS}th time of the one that
 * goes last, so that none starves; equals take turns. All lanes are guarded by the one {@link #lock}. A run that does not
 * come back can be given up: its thread is left to itself and another takes its place.
 */
final class Workers implements SharedModels.Loaded {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final int TURNS = 8;
    private static final SharedModels<Workers> SHARED = new SharedModels<>();

    /** No run goes on, and no future is completed, while it is held. */
    final ReentrantLock lock = new ReentrantLock();

    private final Condition change = lock.newCondition();
    private final int size;
    private final List<Lane> lanes = new ArrayList<>();
    private final Set<Thread> threads = new HashSet<>();
    private int started;
    private int turn;
    private boolean closed;

    /** One model's work. Called with the lock held. */
    interface Lane {
        Precedence precedence();

        /** Nanoseconds until something can run; {@link Long#MAX_VALUE} for not before something changes. */
        long delay(long now);

        /** What runs next on the calling thread; not null where the delay is over. */
        @Nullable
        Runnable next(long now);
    }

    Workers(int size) {
        this.size = size;
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
    static SharedModels.Use<Workers> share(int size) throws ModelException {
        int runs = size > 0 ? size : Runtime.getRuntime().availableProcessors();
        return SHARED.open(String.valueOf(runs), () -> new Workers(runs));
    }

    /** Runs at the same time. */
    int size() {
        return size;
    }

    void add(Lane lane) {
        locked(() -> lanes.add(lane));
    }

    void remove(Lane lane) {
        locked(() -> lanes.remove(lane));
    }

    /** To be called, with the lock held, where a lane has more to do than before. */
    void wake() {
        change.signalAll();
    }

    /** Called with the lock held: the thread's run counts no longer. */
    void giveUp(Thread thread) {
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

    void locked(Runnable action) {
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
        for (Runnable run = take(); run != null; run = take()) {
            try {
                run.run();
            } catch (RuntimeException | Error e) {
                LOG.error("A worker goes on after a failure that is nobody's", e);
            }
        }
    }

    /** The next run, or null where this thread is to end. */
    private @Nullable Runnable take() {
        lock.lock();
        try {
            while (!closed && threads.contains(Thread.currentThread())) {
                long now = System.nanoTime();
                Lane lane = choose(now);
                Runnable run = lane == null ? null : lane.next(now);
                if (run != null) {
                    return run;
                }
                await(lanes.stream().mapToLong(each -> each.delay(now)).min().orElse(Long.MAX_VALUE));
            }
            threads.remove(Thread.currentThread());
            return null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Lane choose(long now) {
        boolean lastFirst = (turn + 1) % TURNS == 0;
        Lane chosen = null;
        for (Lane lane : lanes) {
            if (lane.delay(now) <= 0 && (chosen == null || goesFirst(lane, chosen, lastFirst))) {
                chosen = lane;
            }
        }
        if (chosen != null) {
            turn++;
            lanes.remove(chosen);
            lanes.add(chosen);
        }
        return chosen;
    }

    private static boolean goesFirst(Lane lane, Lane other, boolean reversed) {
        int order = lane.precedence().compareTo(other.precedence());
        return reversed ? order > 0 : order < 0;
    }

    @SuppressWarnings("WaitNotInLoop") // the loop is in take()
    private void await(long nanos) {
        try {
            long unused = change.awaitNanos(nanos);
        } catch (InterruptedException e) {
            LOG.debug("Nobody should interrupt a worker; it goes on");
        }
    }
}
