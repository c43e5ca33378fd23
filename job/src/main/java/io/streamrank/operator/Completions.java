// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import java.io.Serializable;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Runs what a model completes for an operator, until the operator begins to close. What comes later must not touch the task:
 * an operator that gives its model back as the last user fails the texts that wait there, and such a failure would end a
 * stop with savepoint as a failed job. Nothing is lost, as Flink stores what is in flight. Thread-safe.
 */
public final class Completions implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Completions share it, so that they do not wait for each other; closing needs it alone. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private boolean closed;

    /** Runs the action on this thread, or drops it where the operator has begun to close. */
    public void runIfOpen(Runnable action) {
        lock.readLock().lock();
        try {
            if (!closed) {
                action.run();
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Drops all later actions. Returns once those that run now are done, so call it first in {@code close}. */
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
        } finally {
            lock.writeLock().unlock();
        }
    }
}
