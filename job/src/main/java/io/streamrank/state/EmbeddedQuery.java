// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import org.jspecify.annotations.Nullable;

/**
 * Carries a query to the corpus.
 *
 * @param embedding unit vector, or null where the embedder could not give one
 * @param degradedReason why there is no embedding, or null
 * @param embedMs time spent embedding, waiting included
 */
public record EmbeddedQuery(
        Query query,
        @Nullable Embedding embedding,
        @Nullable DegradedReason degradedReason,
        long embedMs) {}
