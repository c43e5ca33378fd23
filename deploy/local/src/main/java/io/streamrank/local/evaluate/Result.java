// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came out for one pair of models.
 *
 * @param retrieved retrieval alone; null where every query brought its own documents
 * @param reranked with ever more candidates
 */
record Result(String embedder, String reranker, @Nullable Line retrieved, List<Line> reranked, Outcome.Cost cost) {
    Result {
        reranked = List.copyOf(reranked);
    }

    /** For people. */
    String title() {
        return embedder + " → " + reranker;
    }

    Line deepest() {
        return reranked.get(reranked.size() - 1);
    }

    /** On all cores of this machine, reckoned from the pairs. */
    double msPerQuery(Line line) {
        double rate = cost.pairsPerSecond();
        return rate == 0 ? 0 : 1_000 * line.pairsPerQuery() / rate;
    }
}
