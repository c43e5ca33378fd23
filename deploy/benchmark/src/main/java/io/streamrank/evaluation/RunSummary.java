// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds one line of the report: a ranking of every query, measured.
 *
 * @param candidates that were reranked; 0 for retrieval alone
 * @param rankings by query id
 * @param measures by query id
 * @param inReach mean share of the relevant documents among the candidates, more than which no reranking can find
 * @param pairsPerQuery mean of what was given to the cross-encoder
 * @param test against retrieval alone, by nDCG@10; null where there is none
 */
record RunSummary(
        int candidates,
        Map<String, List<String>> rankings,
        Map<String, Measures> measures,
        Measures mean,
        double inReach,
        double pairsPerQuery,
        @Nullable PairedRandomization test) {
    /** Measures retrieval alone. */
    static RunSummary retrieved(TestCollection collection, Map<String, Ranking> answers, int depth) {
        return measured(collection, answers, 0, depth, Ranking::retrieved, null);
    }

    /**
     * Measures reranking as the job does it.
     *
     * @param baseline retrieval alone, or null
     */
    static RunSummary reranked(
            TestCollection collection, Map<String, Ranking> answers, int candidates, @Nullable RunSummary baseline) {
        return measured(collection, answers, candidates, candidates, answer -> answer.reranked(candidates), baseline);
    }

    /**
     * Measures reranking by the cross-encoder alone.
     *
     * @param baseline retrieval alone, or null
     */
    static RunSummary byLogit(
            TestCollection collection, Map<String, Ranking> answers, int candidates, @Nullable RunSummary baseline) {
        return measured(collection, answers, candidates, candidates, answer -> answer.byLogit(candidates), baseline);
    }

    private static RunSummary measured(
            TestCollection collection,
            Map<String, Ranking> answers,
            int candidates,
            int depth,
            Function<Ranking, List<String>> ranking,
            @Nullable RunSummary baseline) {
        Map<String, List<String>> rankings = new LinkedHashMap<>();
        Map<String, Measures> measures = new LinkedHashMap<>();
        List<Double> reach = new ArrayList<>();
        List<Double> pairs = new ArrayList<>();
        for (String query : collection.queries().keySet()) {
            Ranking answer = answers.getOrDefault(query, Ranking.NOTHING);
            Map<String, Integer> grades = collection.gradesOf(query);
            List<String> ranked = ranking.apply(answer);
            rankings.put(query, ranked);
            measures.put(query, Measures.of(ranked, grades));
            reach.add(Measures.recall(answer.retrieved(), grades, depth));
            pairs.add((double) Math.min(candidates, ranked.size()));
        }
        return new RunSummary(
                candidates,
                rankings,
                measures,
                Measures.mean(measures.values()),
                mean(reach),
                mean(pairs),
                baseline == null
                        ? null
                        : PairedRandomization.of(differences(baseline.measures, measures).values().stream()
                                .mapToDouble(Double::doubleValue)
                                .toArray()));
    }

    /** Returns by how much nDCG@10 is above that of another ranking, by query id, in the queries' order. */
    Map<String, Double> ndcgAgainst(RunSummary before) {
        return differences(before.measures, measures);
    }

    private static Map<String, Double> differences(Map<String, Measures> before, Map<String, Measures> after) {
        Map<String, Double> differences = new LinkedHashMap<>();
        after.forEach((query, measures) -> differences.put(
                query, measures.ndcg10() - before.getOrDefault(query, measures).ndcg10()));
        return differences;
    }

    private static double mean(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }
}
