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

    static final Option<Boolean> DROP_DUPLICATES = Option.flag(
            "rerank.drop-duplicates",
            DEFAULTS.dropDuplicates(),
            "Whether a retrieved document whose text equals a better one's is left out of the answer.");
    static final Option<Double> RETRIEVAL_WEIGHT = Option.optionalDecimal(
            "rerank.retrieval-weight",
            0,
            1_000,
            "How much retrieval has a say in the order of retrieved documents: they are ordered by"
                    + " ln(1 + e^(logit + 1)) + weight × cosine."
                    + " 0 leaves it to the cross-encoder alone. Scores in the answer are the cross-encoder's either way, so with a"
                    + " weight they need not fall from hit to hit. Default: "
                    + (int) ModelOptions.BUILT_IN_RETRIEVAL_WEIGHT
                    + " for the two built-in models together, which their model card explains; 0 for any other.");
    static final Option<Integer> CAPACITY = Option.integer(
            "rerank.capacity",
            DEFAULTS.capacity(),
            1,
            100_000,
            "Queries in flight in each parallel part. Beyond this the job reads no more until one is answered.");
    static final Option<Duration> TIMEOUT = Option.duration(
            "rerank.timeout",
            DEFAULTS.timeout(),
            Duration.ofMillis(1),
            Duration.ofHours(1),
            "Time that embedding, retrieval and reranking of a query may take together, waiting for the models included. After this"
                    + " it is answered in retrieval order and marked as degraded, whatever its own timeout; where it could not even be"
                    + " embedded, the answer is empty.");
    static final Option<Integer> CASCADE_KEEP = Option.integer(
            "rerank.cascade-keep",
            20,
            1,
            100_000,
            "With models.cascade.uri: candidates of a query that the small cross-encoder lets through to the reranker. The others"
                    + " follow behind in the small one's order, without a score; a query with min_score does not get them.");
    static final BatchOptions BATCHES = BatchOptions.under("rerank", "pairs of query and document");

    static final Section SECTION = new Section(
            "Reranking",
            "Pairs of many queries share a batch.",
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
                weight == null ? ModelOptions.retrievalWeight(settings) : weight,
                settings.get(CAPACITY),
                settings.get(TIMEOUT));
    }
}
