// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What came out for one pair of models.
 *
 * @param retrievalWeight of the cosine in the job's order; 0 where the logit alone decides
 * @param retrieved retrieval alone; null where every query brought its own documents
 * @param reranked with ever more candidates, in the job's order
 * @param byLogit the same by the logit alone; empty where that is the job's order
 */
record Result(
        String embedder,
        String reranker,
        double retrievalWeight,
        @Nullable Line retrieved,
        List<Line> reranked,
        List<Line> byLogit,
        Outcome.Cost cost) {
    static final String LOGIT_ALONE = "logit alone";

    Result {
        reranked = List.copyOf(reranked);
        byLogit = List.copyOf(byLogit);
    }

    /** For people. */
    String title() {
        return embedder + " → " + reranker + " · " + order();
    }

    /** By what the job orders what it has scored. */
    private String order() {
        return retrievalWeight == 0
                ? LOGIT_ALONE
                : String.format(
                        Locale.ROOT,
                        "ln(1 + e^(logit + 1)) + %s × cosine",
                        BigDecimal.valueOf(retrievalWeight).stripTrailingZeros().toPlainString());
    }

    Line deepest() {
        return reranked.get(reranked.size() - 1);
    }

    /** Of reranking, on all cores of this machine, reckoned from the pairs. */
    double msPerQuery(Line line) {
        double rate = cost.pairsPerSecond();
        return rate == 0 ? 0 : 1_000 * line.pairsPerQuery() / rate;
    }
}
