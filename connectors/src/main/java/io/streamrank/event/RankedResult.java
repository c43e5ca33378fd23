// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import io.streamrank.event.Reply.Order;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the answer to one query. Every query is answered: where the second stage could not be used, {@code
 * degradedReason} says why and the hits are in first-stage order. A query that could not be embedded is answered from BM25.
 *
 * @param model the cross-encoder's name
 * @param degradedReason null for a full answer
 * @param reply null where the query asked for none, and until it is written
 * @param replyOrder what the reply is to be written from, until it is; null afterwards, and where there is nothing to write
 */
public record RankedResult(
        Origin origin,
        String id,
        String query,
        String model,
        List<Hit> results,
        @Nullable DegradedReason degradedReason,
        Usage usage,
        Timing timing,
        @Nullable Reply reply,
        @Nullable Order replyOrder) {
    public RankedResult {
        results = List.copyOf(results);
    }

    /** Makes an answer without a reply. */
    public RankedResult(
            Origin origin,
            String id,
            String query,
            String model,
            List<Hit> results,
            @Nullable DegradedReason degradedReason,
            Usage usage,
            Timing timing) {
        this(origin, id, query, model, results, degradedReason, usage, timing, null, null);
    }

    /** Returns this answer with its reply, and without what that was made from. */
    public RankedResult with(Reply written) {
        return new RankedResult(origin, id, query, model, results, degradedReason, usage, timing, written, null);
    }

    /** Returns this answer with what its reply is to be made from. */
    public RankedResult with(Reply.Order order) {
        return new RankedResult(origin, id, query, model, results, degradedReason, usage, timing, null, order);
    }

    public boolean degraded() {
        return degradedReason != null;
    }
}
