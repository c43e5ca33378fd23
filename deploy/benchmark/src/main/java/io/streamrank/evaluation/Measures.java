// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What is reported of a ranking, or the mean over queries. Each is in [0, 1], higher is better. */
record Measures(
        double ndcg10,
        double mrr10,
        double map,
        double recall10,
        double recall50,
        double recall100,
        double success1,
        double success3) {
    static final int DEPTH = 10;

    static Measures of(List<String> ranking, Map<String, Integer> grades) {
        return new Measures(
                ndcg(ranking, grades, DEPTH),
                reciprocalRank(ranking, grades, DEPTH),
                averagePrecision(ranking, grades),
                recall(ranking, grades, DEPTH),
                recall(ranking, grades, 50),
                recall(ranking, grades, 100),
                success(ranking, grades, 1),
                success(ranking, grades, 3));
    }

    static Measures mean(Collection<Measures> all) {
        return new Measures(
                mean(all, Measures::ndcg10),
                mean(all, Measures::mrr10),
                mean(all, Measures::map),
                mean(all, Measures::recall10),
                mean(all, Measures::recall50),
                mean(all, Measures::recall100),
                mean(all, Measures::success1),
                mean(all, Measures::success3));
    }

    private static double mean(Collection<Measures> all, ToDoubleFunction<Measures> measure) {
        return all.stream().mapToDouble(measure).average().orElse(0);
    }

    /** Returns the normalised discounted cumulative gain: the gain is the grade itself, the discount log2(rank + 1). */
    static double ndcg(List<String> ranking, Map<String, Integer> grades, int depth) {
        List<Integer> ideal =
                grades.values().stream().sorted(Collections.reverseOrder()).toList();
        List<Integer> gained =
                ranking.stream().map(id -> grades.getOrDefault(id, 0)).toList();
        double best = discounted(ideal, depth);
        return best == 0 ? 0 : discounted(gained, depth) / best;
    }

    private static double discounted(List<Integer> gains, int depth) {
        return IntStream.range(0, Math.min(depth, gains.size()))
                .mapToDouble(i -> Math.max(0, gains.get(i)) * Math.log(2) / Math.log(i + 2))
                .sum();
    }

    /** Returns one over the rank of the first relevant document, 0 where none is that near to the top. */
    static double reciprocalRank(List<String> ranking, Map<String, Integer> grades, int depth) {
        for (int i = 0; i < Math.min(depth, ranking.size()); i++) {
            if (isRelevant(ranking.get(i), grades)) {
                return 1.0 / (i + 1);
            }
        }
        return 0;
    }

    /** Returns the mean, over all relevant documents, of the precision at each; 0 for those that are missing. */
    static double averagePrecision(List<String> ranking, Map<String, Integer> grades) {
        int found = 0;
        double sum = 0;
        for (int i = 0; i < ranking.size(); i++) {
            if (isRelevant(ranking.get(i), grades)) {
                found++;
                sum += (double) found / (i + 1);
            }
        }
        return sum == 0 ? 0 : sum / relevant(grades);
    }

    /** Returns the share of the relevant documents that is among the first. */
    static double recall(List<String> ranking, Map<String, Integer> grades, int depth) {
        long found = ranking.stream()
                .limit(depth)
                .filter(id -> isRelevant(id, grades))
                .count();
        return found == 0 ? 0 : (double) found / relevant(grades);
    }

    /** Returns 1 where a relevant document is among the first, else 0. */
    static double success(List<String> ranking, Map<String, Integer> grades, int depth) {
        return reciprocalRank(ranking, grades, depth) > 0 ? 1 : 0;
    }

    static boolean isRelevant(String id, Map<String, Integer> grades) {
        return grades.getOrDefault(id, 0) > 0;
    }

    static long relevant(Map<String, Integer> grades) {
        return grades.values().stream().filter(grade -> grade > 0).count();
    }
}
