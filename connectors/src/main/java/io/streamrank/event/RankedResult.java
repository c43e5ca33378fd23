// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the answer to one query. Every query is answered: where the second stage could not be used, {@code
 * degradedReason} says why and the hits are in first-stage order. A query that could not be embedded is answered from BM25.
 *
 * @param model the cross-encoder's name
 * @param degradedReason null for a full answer
 */
public record RankedResult(
        Origin origin,
        String id,
        String query,
        String model,
        List<Hit> results,
        @Nullable DegradedReason degradedReason,
        Usage usage,
        Timing timing) {
    public RankedResult {
        results = List.copyOf(results);
    }

    public boolean degraded() {
        return degradedReason != null;
    }
}
