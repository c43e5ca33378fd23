// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Writes all numbers as JSON. What depends on the machine is under {@code cost}; everything else is the same at every
 * run.
 */
final class EvaluationJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private EvaluationJson() {}

    static JsonNode of(TestCollection collection, List<EvaluationResult> results) {
        ObjectNode root = JSON.createObjectNode();
        root.putObject("collection")
                .put("name", collection.name())
                .put("documents", collection.documents().size())
                .put("queries", collection.queries().size());
        ArrayNode list = root.putArray("results");
        results.forEach(result -> list.add(result(result)));
        ArrayNode comparisons = root.putArray("comparisons");
        ModeComparison.all(results).forEach(one -> comparisons.add(comparison(one)));
        return root;
    }

    private static ObjectNode result(EvaluationResult result) {
        ObjectNode node = JSON.createObjectNode();
        node.put("embedder", result.embedder())
                .put("model", result.reranker())
                .put("retrieval", result.mode() == null ? null : result.modeName())
                .put("retrieval_weight", result.retrievalWeight());
        RunOutcome.Cost cost = result.cost();
        node.putObject("cost")
                .put("pairs", cost.pairs())
                .put("tokens", cost.tokens())
                .put("truncated", cost.truncated())
                .put("seconds", rounded(cost.seconds(), 1e3))
                .put("pairs_per_second", rounded(cost.pairsPerSecond(), 10))
                .put("retrieval_ms", result.retrievalMs());
        if (result.retrieved() != null) {
            node.set("retrieved", run(result.retrieved()));
        }
        ArrayNode reranked = node.putArray("reranked");
        result.reranked().forEach(run -> reranked.add(run(run)));
        if (!result.byLogit().isEmpty()) {
            ArrayNode byLogit = node.putArray("reranked_by_logit_alone");
            result.byLogit().forEach(run -> byLogit.add(run(run)));
        }
        return node;
    }

    private static ObjectNode comparison(ModeComparison one) {
        ObjectNode node = JSON.createObjectNode();
        node.put("models", one.models()).put("name", one.name());
        ObjectNode ndcg = node.putObject("ndcg_cut_10")
                .put("difference", rounded(one.ndcg().mean(), 1e6))
                .put("p", rounded(one.test().p(), 1e6));
        if (!Double.isNaN(one.ndcg().low())) {
            ndcg.put("low", rounded(one.ndcg().low(), 1e6))
                    .put("high", rounded(one.ndcg().high(), 1e6));
        }
        return node.put("recall_50", rounded(one.recall50(), 1e6)).put("recall_100", rounded(one.recall100(), 1e6));
    }

    private static ObjectNode run(RunSummary run) {
        ObjectNode node = JSON.createObjectNode();
        if (run.candidates() > 0) {
            node.put("candidates", run.candidates()).put("pairs_per_query", run.pairsPerQuery());
        }
        node.set("mean", scores(run.mean()));
        node.put("in_reach", rounded(run.inReach(), 1e6));
        PairedRandomization test = run.test();
        if (test != null) {
            node.putObject("against_retrieved")
                    .put("wins", test.wins())
                    .put("losses", test.losses())
                    .put("ties", test.ties())
                    .put("p", rounded(test.p(), 1e6));
        }
        ObjectNode queries = node.putObject("queries");
        run.measures().forEach((query, scores) -> queries.set(query, scores(scores)));
        return node;
    }

    private static ObjectNode scores(Measures scores) {
        return JSON.createObjectNode()
                .put("ndcg_cut_10", rounded(scores.ndcg10(), 1e6))
                .put("recip_rank_10", rounded(scores.mrr10(), 1e6))
                .put("map", rounded(scores.map(), 1e6))
                .put("recall_10", rounded(scores.recall10(), 1e6))
                .put("recall_50", rounded(scores.recall50(), 1e6))
                .put("recall_100", rounded(scores.recall100(), 1e6))
                .put("success_1", rounded(scores.success1(), 1e6))
                .put("success_3", rounded(scores.success3(), 1e6));
    }

    private static double rounded(double value, double steps) {
        return Math.round(value * steps) / steps;
    }
}
