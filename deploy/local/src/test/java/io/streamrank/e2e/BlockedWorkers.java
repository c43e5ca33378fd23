// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.workers.Priority;
import io.streamrank.inference.workers.SharedModels;
import io.streamrank.inference.workers.WorkSource;
import io.streamrank.inference.workers.Workers;
import java.util.concurrent.CountDownLatch;

/** Keeps all threads of this JVM's models busy until it is closed, so that what they are asked for stays on its way. */
final class BlockedWorkers implements WorkSource, AutoCloseable {
    private final SharedModels.Use<Workers> workers = open();
    private final CountDownLatch released = new CountDownLatch(1);
    private int blocked;

    static BlockedWorkers block() {
        BlockedWorkers all = new BlockedWorkers();
        all.workers.model().add(all);
        return all;
    }

    private static SharedModels.Use<Workers> open() {
        try {
            return Workers.share(0);
        } catch (ModelException e) {
            throw new IllegalStateException("threads alone can always be had", e);
        }
    }

    @Override
    public Priority priority() {
        return Priority.QUERY_EMBEDDING;
    }

    @Override
    public long delay(long now) {
        return blocked < workers.model().size() ? 0 : Long.MAX_VALUE;
    }

    @Override
    public Runnable next(long now) {
        blocked++;
        return () -> {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    @Override
    public void close() {
        released.countDown();
        workers.model().remove(this);
        workers.release().run();
    }
}
