// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.event.RetrievalMode;
import io.streamrank.operator.query.RerankConfig;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Holds what came out for one pair of models and one way to find candidates.
 *
 * @param mode how candidates were found; null where every query brought its own documents
 * @param retrievalWeight of the cosine in the job's order; 0 where the logit alone decides
 * @param retrieved retrieval alone; null where every query brought its own documents
 * @param reranked with ever more candidates, in the job's order
 * @param byLogit the same by the logit alone; empty where that is the job's order
 * @param retrievalMs median time of embedding and searching
 */
record EvaluationResult(
        String embedder,
        String reranker,
        @Nullable RetrievalMode mode,
        double retrievalWeight,
        @Nullable RunSummary retrieved,
        List<RunSummary> reranked,
        List<RunSummary> byLogit,
        double retrievalMs,
        RunOutcome.Cost cost) {
    static final String LOGIT_ALONE = "logit alone";

    EvaluationResult {
        reranked = List.copyOf(reranked);
        byLogit = List.copyOf(byLogit);
    }

    /** Returns the title for people. */
    String title() {
        return (mode == null ? "" : modeName() + " · ") + models() + " · " + order();
    }

    /** Returns how candidates were found, for titles and file names. */
    String modeName() {
        return mode == null ? "" : mode.wireName();
    }

    String models() {
        return embedder + " → " + reranker;
    }

    /** By what the job orders what it has scored. */
    private String order() {
        String retrieval = mode == RetrievalMode.DENSE
                ? "cosine"
                : "(cosine + " + RerankConfig.BM25_SHARE + " × BM25 / best BM25)";
        return retrievalWeight == 0
                ? LOGIT_ALONE
                : String.format(
                        Locale.ROOT,
                        "ln(1 + e^(logit + 1)) + %s × %s",
                        BigDecimal.valueOf(retrievalWeight).stripTrailingZeros().toPlainString(),
                        retrieval);
    }

    RunSummary deepest() {
        return reranked.get(reranked.size() - 1);
    }

    /** Returns the time of reranking a query on all cores of this machine, computed from the pairs. */
    double msPerQuery(RunSummary run) {
        double rate = cost.pairsPerSecond();
        return rate == 0 ? 0 : 1_000 * run.pairsPerQuery() / rate;
    }
}
