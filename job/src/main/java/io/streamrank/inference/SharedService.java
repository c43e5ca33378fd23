// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import io.streamrank.inference.batching.BatchModel;
import io.streamrank.inference.batching.Batcher;
import io.streamrank.inference.batching.RunTimeouts;
import io.streamrank.inference.batching.TokenizationTask;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.UnavailableException;
import io.streamrank.inference.service.ModelService;
import io.streamrank.inference.stats.BatchStats;
import io.streamrank.inference.stats.RecentTimes;
import io.streamrank.inference.workers.SharedModels;
import io.streamrank.inference.workers.Workers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Is one use of a model that a JVM loads once for all who open it, with batching in front. Thread-safe.
 *
 * @param <M> the model as the service uses it
 */
abstract sealed class SharedService<M> implements ModelService permits EmbeddingService, RerankingService {
    private final SharedModels.Use<Shared<M>> use;
    private final AtomicBoolean closed = new AtomicBoolean();

    SharedService(SharedModels.Use<Shared<M>> use) {
        this.use = use;
    }

    /** A loaded model and what runs it. */
    record Shared<M>(ModelInfo info, M model, Batcher<?> batcher, Runnable releaseWorkers)
            implements SharedModels.Loaded {
        /**
         * Puts a model on the workers of that number.
         *
         * @param use makes of its batcher what the service uses
         */
        static <M, R> Shared<M> start(
                BatchModel<R> batched,
                BatchPolicy policy,
                int workers,
                Duration runTimeout,
                Function<Batcher<R>, M> use)
                throws ModelException {
            SharedModels.Use<Workers> threads = Workers.share(workers);
            Batcher<R> batcher = new Batcher<>(batched, policy, new RunTimeouts(runTimeout), threads.model());
            return new Shared<>(batched.model().info(), use.apply(batcher), batcher, threads.release());
        }

        @Override
        public boolean isUsable() {
            return batcher.isUsable();
        }

        @Override
        public void close() {
            batcher.close();
            releaseWorkers.run();
        }
    }

    @Override
    public final ModelInfo info() {
        return use.model().info();
    }

    @Override
    public final BatchStats stats() {
        return use.model().batcher().stats();
    }

    @Override
    public final RecentTimes recentTimes() {
        return use.model().batcher().recentTimes();
    }

    /** Gives this use back; the model is unloaded with its last use, and what waits for it then fails. */
    @Override
    public final void close() {
        closed.set(true);
        use.release().run();
    }

    final M model() {
        return use.model().model();
    }

    final long now() {
        return use.model().batcher().now();
    }

    /** Queues the text of a request to be tokenised; its caller is told where that is refused. */
    final void tokenize(TokenizationTask task) {
        try {
            if (closed.get()) {
                throw new UnavailableException("This use of model " + info().name() + " is closed; open it again.");
            }
            use.model().batcher().tokenize(task);
        } catch (InferenceException e) {
            task.fail(e);
        }
    }
}
