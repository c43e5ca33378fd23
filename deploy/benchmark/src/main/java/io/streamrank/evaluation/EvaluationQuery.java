// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.event.RetrievalMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the job is asked.
 *
 * @param query the id in the collection
 * @param mode how candidates are found; null for a query that brings its documents
 * @param candidates to retrieve and rerank
 */
record EvaluationQuery(String query, @Nullable RetrievalMode mode, int candidates) {
    /**
     * Returns the requests for a query. One list holds those of fewer candidates, so one request is enough. Two fused lists do not: a
     * document that is late in both of the longer ones would not be found by the shorter ones.
     *
     * @param modes none for a query that brings its documents
     * @param depths ascending
     */
    static List<EvaluationQuery> of(String query, List<RetrievalMode> modes, List<Integer> depths) {
        int most = depths.get(depths.size() - 1);
        if (modes.isEmpty()) {
            return List.of(new EvaluationQuery(query, null, most));
        }
        List<EvaluationQuery> requests = new ArrayList<>();
        for (RetrievalMode mode : modes) {
            for (int depth : mode == RetrievalMode.HYBRID ? depths : List.of(most)) {
                requests.add(new EvaluationQuery(query, mode, depth));
            }
        }
        return requests;
    }
}
