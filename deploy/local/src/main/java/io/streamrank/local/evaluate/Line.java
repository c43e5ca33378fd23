// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One line of the report: a ranking of every query, measured.
 *
 * @param candidates that were reranked; 0 for retrieval alone
 * @param rankings by query id
 * @param scores by query id
 * @param inReach mean share of the relevant documents among the candidates, more than which no reranking can find
 * @param pairsPerQuery mean of what was given to the cross-encoder
 * @param test against retrieval alone, by nDCG@10; null where there is none
 */
record Line(
        int candidates,
        Map<String, List<String>> rankings,
        Map<String, Scores> scores,
        Scores mean,
        double inReach,
        double pairsPerQuery,
        @Nullable PairedTest test) {
    /** Retrieval alone. */
    static Line retrieved(Judged collection, Map<String, Scored> answers, int depth) {
        return measured(collection, answers, 0, depth, Scored::retrieved, null);
    }

    /**
     * Reranked, as the job does it.
     *
     * @param baseline retrieval alone, or null
     */
    static Line reranked(Judged collection, Map<String, Scored> answers, int candidates, @Nullable Line baseline) {
        return measured(collection, answers, candidates, candidates, scored -> scored.reranked(candidates), baseline);
    }

    /**
     * Reranked by the cross-encoder alone.
     *
     * @param baseline retrieval alone, or null
     */
    static Line byLogit(Judged collection, Map<String, Scored> answers, int candidates, @Nullable Line baseline) {
        return measured(collection, answers, candidates, candidates, scored -> scored.byLogit(candidates), baseline);
    }

    private static Line measured(
            Judged collection,
            Map<String, Scored> answers,
            int candidates,
            int depth,
            Function<Scored, List<String>> ranking,
            @Nullable Line baseline) {
        Map<String, List<String>> rankings = new LinkedHashMap<>();
        Map<String, Scores> scores = new LinkedHashMap<>();
        List<Double> reach = new ArrayList<>();
        List<Double> pairs = new ArrayList<>();
        for (String query : collection.queries().keySet()) {
            Scored scored = answers.getOrDefault(query, Scored.NOTHING);
            Map<String, Integer> grades = collection.gradesOf(query);
            List<String> ranked = ranking.apply(scored);
            rankings.put(query, ranked);
            scores.put(query, Scores.of(ranked, grades));
            reach.add(Measures.recall(scored.retrieved(), grades, depth));
            pairs.add((double) Math.min(candidates, ranked.size()));
        }
        return new Line(
                candidates,
                rankings,
                scores,
                Scores.mean(scores.values()),
                mean(reach),
                mean(pairs),
                baseline == null ? null : PairedTest.of(differences(baseline.scores, scores)));
    }

    /** By nDCG@10, in the queries' order. */
    private static double[] differences(Map<String, Scores> before, Map<String, Scores> after) {
        return after.entrySet().stream()
                .mapToDouble(entry -> entry.getValue().ndcg10()
                        - before.getOrDefault(entry.getKey(), entry.getValue()).ndcg10())
                .toArray();
    }

    private static double mean(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }
}
