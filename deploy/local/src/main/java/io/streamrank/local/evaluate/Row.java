// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A line as people read it, in the terminal and on the page.
 *
 * @param figures one for each of {@link #COLUMNS}; empty where a figure means nothing
 */
record Row(String name, List<String> figures) {
    static final List<String> COLUMNS = List.of(
            "nDCG@10", "MRR@10", "MAP", "R@10", "S@1", "S@3", "in reach", "won/lost/tied", "p", "pairs/s", "ms/query");

    static final String LEGEND = "in reach: share of the relevant documents among the candidates · won/lost/tied and p"
            + " (paired randomisation): by nDCG@10 against retrieval alone · ms/query of retrieval: the median of what the"
            + " answers tell of embedding and searching, with all queries at once; of reranking: from the pairs/s";

    Row {
        figures = List.copyOf(figures);
    }

    /** Retrieval alone, where there is such a line, then reranked with ever more candidates. */
    static List<Row> of(Result result) {
        List<Row> rows = new ArrayList<>();
        if (result.retrieved() != null) {
            rows.add(row(
                    "retrieved",
                    result.retrieved(),
                    "",
                    oneDecimal(result.cost().retrievalMs())));
        }
        result.reranked().forEach(line -> rows.add(reranked("reranked " + line.candidates(), line, result)));
        result.byLogit()
                .forEach(line ->
                        rows.add(reranked("reranked " + line.candidates() + ", " + Result.LOGIT_ALONE, line, result)));
        return rows;
    }

    private static Row reranked(String name, Line line, Result result) {
        return row(name, line, oneDecimal(result.cost().pairsPerSecond()), oneDecimal(result.msPerQuery(line)));
    }

    private static Row row(String name, Line line, String pairsPerSecond, String msPerQuery) {
        Scores mean = line.mean();
        PairedTest test = line.test();
        return new Row(
                name,
                List.of(
                        share(mean.ndcg10()),
                        share(mean.mrr10()),
                        share(mean.map()),
                        share(mean.recall10()),
                        share(mean.success1()),
                        share(mean.success3()),
                        share(line.inReach()),
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
