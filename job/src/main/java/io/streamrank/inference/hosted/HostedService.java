// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.endpoint.Endpoint;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.service.ModelService;
import io.streamrank.inference.stats.BatchStats;
import io.streamrank.inference.stats.EndpointStats;
import io.streamrank.inference.stats.RecentTimes;
import io.streamrank.inference.workers.SharedModels;

/**
 * Is one use of a model behind an API, which a JVM opens once for all who use it. Thread-safe.
 *
 * @param <M> the model as the service uses it
 */
abstract sealed class HostedService<M extends HostedService.Opened> implements ModelService
        permits HostedEmbedder, HostedReranker {
    private final SharedModels.Use<M> use;

    HostedService(SharedModels.Use<M> use) {
        this.use = use;
    }

    /** An opened model. */
    interface Opened extends SharedModels.Loaded {
        Endpoint endpoint();

        ModelInfo info();

        /** Returns how many texts or pairs were answered. */
        long items();

        @Override
        default void close() {
            endpoint().close();
        }
    }

    final M model() {
        return use.model();
    }

    @Override
    public final ModelInfo info() {
        return model().info();
    }

    /** Tells of the endpoint in the words for models in this process: a batch is a request that was answered. */
    @Override
    public final BatchStats stats() {
        EndpointStats endpoint = endpoint();
        long expired = endpoint.errors().getOrDefault("deadline", 0L);
        long refused = endpoint.errors().getOrDefault("429", 0L);
        long all = endpoint.errors().values().stream().mapToLong(count -> count).sum();
        return new BatchStats(
                endpoint.answers(),
                model().items(),
                endpoint.tokensBilled(),
                endpoint.tokensBilled(),
                all - expired - refused,
                expired,
                0,
                refused,
                endpoint.busyNanos(),
                endpoint.waiting(),
                0,
                endpoint.waitNanos());
    }

    @Override
    public final RecentTimes recentTimes() {
        return model().endpoint().recentTimes();
    }

    @Override
    public final EndpointStats endpoint() {
        return model().endpoint().stats();
    }

    @Override
    public final void close() {
        use.release().run();
    }
}
