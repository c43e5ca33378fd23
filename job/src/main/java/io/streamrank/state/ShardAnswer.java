// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Origin;
import io.streamrank.event.Remarks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries what one shard of the corpus found for a query.
 *
 * @param shard from 0
 * @param shards how many there are; it may be another number after a restore, so each answer carries its own
 * @param candidates the nearest documents of this shard, the nearest first, with ranks within it; none if the query does not ask for them
 * @param sparse what the shard found by the query's words; null if the query does not ask for that
 * @param refusal why the shard did not search, or null
 */
public record ShardAnswer(
        Origin origin,
        int shard,
        int shards,
        List<Candidate> candidates,
        @Nullable SparseMatches sparse,
        Remarks remarks,
        @Nullable DegradedReason refusal,
        long retrieveMs) {
    public ShardAnswer {
        candidates = List.copyOf(candidates);
    }

    /** Returns what is left to know of an answer that came too late: that it came. */
    public ShardAnswer withoutCandidates() {
        return new ShardAnswer(origin, shard, shards, List.of(), null, Remarks.NONE, refusal, retrieveMs);
    }
}
