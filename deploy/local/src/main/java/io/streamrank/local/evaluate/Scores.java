// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What is reported of a ranking, or the mean over queries. Each is in [0, 1], higher is better. */
record Scores(double ndcg10, double mrr10, double map, double recall10, double success1, double success3) {
    static final int DEPTH = 10;

    static Scores of(List<String> ranking, Map<String, Integer> grades) {
        return new Scores(
                Measures.ndcg(ranking, grades, DEPTH),
                Measures.reciprocalRank(ranking, grades, DEPTH),
                Measures.averagePrecision(ranking, grades),
                Measures.recall(ranking, grades, DEPTH),
                Measures.success(ranking, grades, 1),
                Measures.success(ranking, grades, 3));
    }

    static Scores mean(Collection<Scores> all) {
        return new Scores(
                mean(all, Scores::ndcg10),
                mean(all, Scores::mrr10),
                mean(all, Scores::map),
                mean(all, Scores::recall10),
                mean(all, Scores::success1),
                mean(all, Scores::success3));
    }

    private static double mean(Collection<Scores> all, ToDoubleFunction<Scores> measure) {
        return all.stream().mapToDouble(measure).average().orElse(0);
    }
}
