// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import io.streamrank.local.console.Console;
import java.util.List;
import java.util.Locale;

/** The results for people: for each pair of models retrieval alone, then reranked with ever more candidates. */
record ResultTable(Console console) {
    private static final String HEAD = String.format(
            Locale.ROOT,
            "  %-13s %8s %7s %7s %7s %7s %9s %15s %7s %8s %9s",
            "",
            "nDCG@10",
            "MRR@10",
            "MAP",
            "R@10",
            "S@1",
            "in reach",
            "won/lost/tied",
            "p",
            "pairs/s",
            "ms/query");

    void print(List<Result> results) {
        for (Result result : results) {
            console.print("");
            console.print("@|bold " + result.embedder() + " → " + result.reranker() + "|@");
            console.print("@|faint " + HEAD + "|@");
            if (result.retrieved() != null) {
                console.print(quality("retrieved", result.retrieved()));
            }
            for (Line line : result.reranked()) {
                console.print(quality("reranked " + line.candidates(), line)
                        + comparison(line)
                        + String.format(
                                Locale.ROOT, " %8.1f %9.1f", result.cost().pairsPerSecond(), result.msPerQuery(line)));
            }
        }
        console.print("");
        console.print("@|faint " + legend() + "|@");
    }

    private static String quality(String name, Line line) {
        Scores mean = line.mean();
        return String.format(
                Locale.ROOT,
                "  %-13s %8.4f %7.4f %7.4f %7.4f %7.4f %9.4f",
                name,
                mean.ndcg10(),
                mean.mrr10(),
                mean.map(),
                mean.recall10(),
                mean.success1(),
                line.inReach());
    }

    private static String comparison(Line line) {
        PairedTest test = line.test();
        if (test == null) {
            return " ".repeat(24);
        }
        return String.format(
                Locale.ROOT, " %15s %7.4f", test.wins() + "/" + test.losses() + "/" + test.ties(), test.p());
    }

    private static String legend() {
        return "in reach: share of the relevant documents among the candidates · won/lost/tied and p (paired"
                + " randomisation): by nDCG@10 against retrieval alone";
    }
}
