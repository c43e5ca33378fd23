// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.local.console.Console;
import io.streamrank.report.ReportTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Tells the results in tables: for each pair of models and each way to find candidates retrieval alone, then reranked with ever more candidates. */
record EvaluationTables(List<EvaluationResult> results) {
    static final List<String> COLUMNS = List.of(
            "nDCG@10",
            "MRR@10",
            "MAP",
            "R@10",
            "R@50",
            "R@100",
            "S@1",
            "S@3",
            "in reach",
            "won/lost/tied",
            "p",
            "pairs/s",
            "ms/query");

    static final String LEGEND =
            "R@50, R@100: as in R@10, of all that was retrieved · in reach: share of the relevant documents among the candidates"
                    + " · won/lost/tied and p"
                    + " (paired randomisation): by nDCG@10 against retrieval alone · ms/query of retrieval: the median of what the"
                    + " answers tell of embedding and searching, with all queries at once; of reranking: from the pairs/s";

    /** Prints the tables with their columns aligned. */
    void print(Console console) {
        List<ReportTable> tables = results.stream().map(EvaluationTables::table).toList();
        for (int i = 0; i < tables.size(); i++) {
            console.print("");
            console.print("@|bold " + results.get(i).title() + "|@");
            tables.get(i).print(console, tables);
        }
        console.print("");
        console.print("@|faint " + LEGEND + "|@");
        comparison().ifPresent(table -> {
            console.print("");
            table.print(console);
        });
    }

    /** Returns the table that compares the ways to find candidates, if there is more than one. */
    Optional<ReportTable> comparison() {
        List<ModeComparison> all = ModeComparison.all(results);
        boolean severalModels =
                results.stream().map(EvaluationResult::models).distinct().count() > 1;
        List<ReportTable.Row> rows = all.stream()
                .map(one -> severalModels
                        ? new ReportTable.Row(
                                one.models() + ": " + one.name(), one.row().figures())
                        : one.row())
                .toList();
        return rows.isEmpty() ? Optional.empty() : Optional.of(new ReportTable("", ModeComparison.COLUMNS, rows));
    }

    /** Returns the table of one pair of models. */
    static ReportTable table(EvaluationResult result) {
        List<ReportTable.Row> rows = new ArrayList<>();
        RunSummary retrieved = result.retrieved();
        if (retrieved != null) {
            rows.add(row("retrieved", retrieved, "", oneDecimal(result.retrievalMs())));
        }
        result.reranked().forEach(run -> rows.add(reranked("reranked " + run.candidates(), run, result)));
        result.byLogit()
                .forEach(run -> rows.add(
                        reranked("reranked " + run.candidates() + ", " + EvaluationResult.LOGIT_ALONE, run, result)));
        return new ReportTable("", COLUMNS, rows);
    }

    private static ReportTable.Row reranked(String name, RunSummary run, EvaluationResult result) {
        return row(name, run, oneDecimal(result.cost().pairsPerSecond()), oneDecimal(result.msPerQuery(run)));
    }

    private static ReportTable.Row row(String name, RunSummary run, String pairsPerSecond, String msPerQuery) {
        Measures mean = run.mean();
        PairedRandomization test = run.test();
        return new ReportTable.Row(
                name,
                List.of(
                        share(mean.ndcg10()),
                        share(mean.mrr10()),
                        share(mean.map()),
                        share(mean.recall10()),
                        share(mean.recall50()),
                        share(mean.recall100()),
                        share(mean.success1()),
                        share(mean.success3()),
                        share(run.inReach()),
                        test == null ? "" : test.wins() + "/" + test.losses() + "/" + test.ties(),
                        test == null ? "" : share(test.p()),
                        pairsPerSecond,
                        msPerQuery));
    }

    private static String share(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String oneDecimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
