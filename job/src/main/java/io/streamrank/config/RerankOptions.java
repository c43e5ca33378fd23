// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import io.streamrank.operator.query.RerankConfig;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Defines the options of reranking. */
final class RerankOptions {
    private static final RerankConfig DEFAULTS = RerankConfig.defaults();

    /**
     * The weight that the built-in reranker's model card found best with the built-in embedder. Other models have logits and
     * cosines of other scales.
     */
    private static final double BUILT_IN_RETRIEVAL_WEIGHT = 15;

    static final Option<Boolean> DROP_DUPLICATES = Option.flag(
            "rerank.drop-duplicates",
            DEFAULTS.dropDuplicates(),
            "Whether retrieval leaves out a document whose text equals that of a nearer one, and takes another in its"
                    + " place. The answer's usage.duplicates counts them.");
    static final Option<Double> RETRIEVAL_WEIGHT = Option.optionalDecimal(
            "rerank.retrieval-weight",
            0,
            1_000,
            "Weight of the retrieval score in the order of retrieved documents, which is ln(1 + e^(logit + 1)) +"
                    + " weight × cosine. Where words count too (retrieval sparse or hybrid), "
                    + RerankConfig.BM25_SHARE
                    + " × the document's share of the"
                    + " best BM25 score is added to the cosine. 0: the cross-encoder alone decides. Scores in the answer are"
                    + " always the cross-encoder's, so with a weight they are not strictly descending. Default: "
                    + (int) BUILT_IN_RETRIEVAL_WEIGHT
                    + " for the two built-in models together (see their model card), 0 for all others.");
    static final Option<Integer> CAPACITY = Option.integer(
            "rerank.capacity",
            DEFAULTS.capacity(),
            1,
            100_000,
            "Maximum number of queries in flight in each parallel part. At this number the job reads no more until"
                    + " one is answered.");
    static final Option<Duration> TIMEOUT = Option.duration(
            "rerank.timeout",
            DEFAULTS.timeout(),
            Duration.ofMillis(1),
            Duration.ofHours(1),
            "Maximum time for embedding, retrieval and reranking of a query together, including the wait for the"
                    + " models. It applies in addition to the query's own timeout. After it the query is answered in"
                    + " retrieval order and marked as degraded. If it could not be embedded, BM25 finds its candidates.");
    static final Option<Integer> CASCADE_KEEP = Option.integer(
            "rerank.cascade-keep",
            20,
            1,
            100_000,
            "Number of candidates that the small cross-encoder of models.cascade.uri passes to the reranker. The"
                    + " others follow in the small one's order, without a score. A query with min_score does not get them.");
    static final BatchOptions BATCHES = BatchOptions.under("rerank", "pairs of query and document");

    static final Section SECTION = new Section(
            "Reranking",
            "One batch holds the pairs of many queries.",
            Stream.of(
                            BATCHES.after(DROP_DUPLICATES, RETRIEVAL_WEIGHT, CASCADE_KEEP, CAPACITY, TIMEOUT),
                            PairOptions.ALL)
                    .flatMap(List::stream)
                    .toList());

    private RerankOptions() {}

    static RerankConfig read(Settings settings) {
        Double weight = settings.find(RETRIEVAL_WEIGHT);
        return new RerankConfig(
                DocumentOptions.rankText(settings),
                settings.get(DROP_DUPLICATES),
                weight == null ? defaultWeight(settings) : weight,
                settings.get(CAPACITY),
                settings.get(TIMEOUT));
    }

    private static double defaultWeight(Settings settings) {
        return ModelOptions.areBuiltIn(settings) ? BUILT_IN_RETRIEVAL_WEIGHT : 0;
    }
}
