// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Document;
import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds a query with the documents to rerank, in first-stage order.
 *
 * @param degradedReason why an earlier step could not do its work, or null
 * @param remarks what earlier steps dropped, did not find or did not use
 */
public record Candidates(
        Query query,
        List<Candidate> candidates,
        @Nullable DegradedReason degradedReason,
        long embedMs,
        long retrieveMs,
        Remarks remarks) {
    public Candidates {
        candidates = List.copyOf(candidates);
    }

    /** Makes candidates of the documents that the query brought along, in its order; the query does not hold them any more. */
    public static Candidates inline(Query query, List<Document> documents) {
        return new Candidates(
                query.with(null, null),
                documents.stream()
                        .map(document -> new Candidate(document, null))
                        .toList(),
                null,
                0,
                0,
                query.remarks());
    }
}
