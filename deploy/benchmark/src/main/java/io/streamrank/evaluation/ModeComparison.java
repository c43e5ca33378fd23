// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.report.ReportTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Compares two ways to find candidates, with the same models.
 *
 * @param name of what is compared with what
 * @param ndcg difference of nDCG@10
 */
record ModeComparison(
        String models, String name, MeanDifference ndcg, PairedRandomization test, double recall50, double recall100) {
    static final List<String> COLUMNS = List.of("nDCG@10", "95 % interval", "won/lost/tied", "p", "R@50", "R@100");

    /** Compares, for each pair of models, each mode with the first: without reranking, and with each number of candidates. */
    static List<ModeComparison> all(List<EvaluationResult> results) {
        List<ModeComparison> all = new ArrayList<>();
        for (EvaluationResult result : results) {
            EvaluationResult first = results.stream()
                    .filter(other -> other.models().equals(result.models()))
                    .findFirst()
                    .orElse(result);
            if (result != first && result.mode() != null && result.retrieved() != null) {
                all.add(of(result, first, "retrieved", result.retrieved(), retrieved(first)));
                for (int i = 0; i < result.reranked().size(); i++) {
                    RunSummary run = result.reranked().get(i);
                    all.add(of(
                            result,
                            first,
                            "reranked " + run.candidates(),
                            run,
                            first.reranked().get(i)));
                }
            }
        }
        return all;
    }

    private static RunSummary retrieved(EvaluationResult result) {
        return Objects.requireNonNull(result.retrieved(), "all results are of searches, or none");
    }

    private static ModeComparison of(
            EvaluationResult result, EvaluationResult first, String what, RunSummary run, RunSummary before) {
        var differences = run.ndcgAgainst(before).values();
        return new ModeComparison(
                result.models(),
                result.modeName() + " against " + first.modeName() + ", " + what,
                MeanDifference.of(differences),
                PairedRandomization.of(
                        differences.stream().mapToDouble(Double::doubleValue).toArray()),
                run.mean().recall50() - before.mean().recall50(),
                run.mean().recall100() - before.mean().recall100());
    }

    ReportTable.Row row() {
        return new ReportTable.Row(
                name,
                List.of(
                        signed(ndcg.mean()),
                        ndcg.interval(),
                        test.wins() + "/" + test.losses() + "/" + test.ties(),
                        String.format(Locale.ROOT, "%.4f", test.p()),
                        signed(recall50),
                        signed(recall100)));
    }

    private static String signed(double value) {
        return String.format(Locale.ROOT, "%+.4f", value);
    }
}
