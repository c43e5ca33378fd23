// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.operator.RerankConfig;
import java.time.Duration;

/** How candidates are reranked. */
final class RerankOptions {
    private static final RerankConfig DEFAULTS = RerankConfig.defaults();

    static final Option<Boolean> DROP_DUPLICATES = Option.flag(
            "rerank.drop-duplicates",
            DEFAULTS.dropDuplicates(),
            "Whether a retrieved document whose text equals a better one's is left out of the answer.");
    static final Option<Double> RETRIEVAL_WEIGHT = Option.decimal(
            "rerank.retrieval-weight",
            DEFAULTS.retrievalWeight(),
            0,
            1_000,
            "How much retrieval has a say in the order of retrieved documents: they are ordered by logit + weight × cosine."
                    + " 0 leaves it to the cross-encoder alone. Scores in the answer are the cross-encoder's either way.");
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
            "After this a query is answered in retrieval order and marked as degraded, whatever its own timeout.");
    static final BatchOptions BATCHES = BatchOptions.under("rerank", "pairs of query and document");

    static final Section SECTION = new Section(
            "Reranking",
            "Pairs of many queries share a batch.",
            BATCHES.after(DROP_DUPLICATES, RETRIEVAL_WEIGHT, CAPACITY, TIMEOUT));

    private RerankOptions() {}

    static RerankConfig read(Settings settings) {
        return new RerankConfig(
                DocumentOptions.rankText(settings),
                settings.get(DROP_DUPLICATES),
                settings.get(RETRIEVAL_WEIGHT),
                settings.get(CAPACITY),
                settings.get(TIMEOUT));
    }
}
