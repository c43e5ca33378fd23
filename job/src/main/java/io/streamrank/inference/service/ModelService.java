// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.service;

import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.stats.BatchStats;
import io.streamrank.inference.stats.EndpointStats;
import io.streamrank.inference.stats.RecentTimes;
import org.jspecify.annotations.Nullable;

/** Is one use of a model, wherever it runs. Thread-safe. */
public interface ModelService extends AutoCloseable {
    ModelInfo info();

    /** Returns what was done, over all users of the model. */
    BatchStats stats();

    /** Returns how long it took lately, over all users of the model. */
    RecentTimes recentTimes();

    /** Returns what the model's endpoint was asked, over all its users; null for a model in this process. */
    default @Nullable EndpointStats endpoint() {
        return null;
    }

    /** Gives this use back. */
    @Override
    void close();
}
