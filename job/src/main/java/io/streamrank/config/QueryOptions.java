// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.codec.QueryDefaults;
import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import java.time.Duration;
import java.util.List;

/** Defines the options for what a query leaves out. */
final class QueryOptions {
    private static final QueryDefaults DEFAULTS = QueryDefaults.defaults();

    static final Option<String> COLLECTION = Option.text(
            "query.collection",
            DEFAULTS.collection(),
            "a name that is not empty",
            Option::filled,
            "Collection that the query searches.");
    static final Option<Integer> CANDIDATES = Option.integer(
            "query.candidates",
            DEFAULTS.candidates(),
            1,
            100_000,
            "Number of documents that are retrieved and then reranked. At most limits.candidates. A query whose top_n"
                    + " is larger, and that does not say candidates, has as many as its top_n.");
    static final Option<Integer> TOP_N = Option.integer(
            "query.top-n",
            DEFAULTS.topN(),
            1,
            100_000,
            "Number of results in an answer. At most query.candidates and limits.top-n.");
    static final Option<Boolean> RETURN_DOCUMENTS = Option.flag(
            "query.return-documents",
            DEFAULTS.returnDocuments(),
            "Whether results contain the document in addition to its id.");
    static final Option<Boolean> RETURN_LOGITS = Option.flag(
            "query.return-logits",
            DEFAULTS.returnLogits(),
            "Whether results contain the model's raw output in addition to the score.");
    static final Option<Duration> TIMEOUT = Option.duration(
            "query.timeout",
            Duration.ofMillis(DEFAULTS.timeoutMs()),
            Duration.ZERO,
            Duration.ofHours(1),
            "Maximum time from the timestamp of the query's record to its answer. After it the query is answered"
                    + " in retrieval order and marked as degraded. If it could not be embedded, BM25 finds its candidates. 0: only"
                    + " rerank.timeout applies.");

    static final Section SECTION = new Section(
            "Queries",
            "Defaults for what a query does not set itself.",
            List.of(COLLECTION, CANDIDATES, TOP_N, RETURN_DOCUMENTS, RETURN_LOGITS, TIMEOUT));

    private QueryOptions() {}

    static QueryDefaults read(Settings settings) {
        atMost(settings, CANDIDATES, LimitOptions.CANDIDATES);
        atMost(settings, TOP_N, CANDIDATES);
        atMost(settings, TOP_N, LimitOptions.TOP_N);
        return new QueryDefaults(
                settings.get(COLLECTION),
                settings.get(RetrievalOptions.MODE),
                settings.get(CANDIDATES),
                settings.get(TOP_N),
                settings.get(RETURN_DOCUMENTS),
                settings.get(RETURN_LOGITS),
                settings.get(TIMEOUT).toMillis());
    }

    private static void atMost(Settings settings, Option<Integer> option, Option<Integer> bound) {
        int value = settings.get(option);
        int most = settings.get(bound);
        settings.rule(
                value <= most,
                option.key() + " must be at most " + bound.key() + " (" + most + "): " + value,
                option,
                bound);
    }
}
