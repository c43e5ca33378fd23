// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.hosted;

import io.streamrank.inference.stats.BatchStats;
import io.streamrank.inference.stats.EndpointStats;

/** Tells of an endpoint in the words for models in this process: a batch is a request that was answered. */
final class HostedStats {
    private HostedStats() {}

    /** @param items texts or pairs that were answered */
    static BatchStats of(EndpointStats endpoint, long items) {
        long expired = endpoint.errors().getOrDefault("deadline", 0L);
        long refused = endpoint.errors().getOrDefault("429", 0L);
        long all = endpoint.errors().values().stream().mapToLong(count -> count).sum();
        return new BatchStats(
                endpoint.answers(),
                items,
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
}
