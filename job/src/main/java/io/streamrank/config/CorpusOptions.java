// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.codec.EmbeddingCodec;
import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import io.streamrank.operator.corpus.CorpusConfig;
import io.streamrank.operator.corpus.CorpusPlacement;
import java.time.Duration;
import java.util.List;

/** Defines the options of the corpus. */
final class CorpusOptions {
    private static final CorpusConfig DEFAULTS = CorpusConfig.defaults();

    static final Option<CorpusPlacement> PLACEMENT = Option.choice(
            "corpus.placement",
            DEFAULTS.placement(),
            "Where the documents are. broadcast: each process has all of them. sharded: each parallel part has a share, and"
                    + " all parts work on each query, for a corpus that does not fit into one process. State of one placement"
                    + " cannot be used by the other.");
    static final Option<Duration> SHARD_TIMEOUT = Option.duration(
            "corpus.shard-timeout",
            DEFAULTS.shardTimeout(),
            Duration.ofMillis(1),
            Duration.ofHours(1),
            "Maximum time between the first and the last answer of the shards to a query, if corpus.placement is sharded."
                    + " After it the query is answered without the shards that are late, degraded. After a start it does not"
                    + " run before each shard has answered once.");
    static final Option<Integer> MAX_DOCUMENTS = Option.integer(
            "corpus.max-documents",
            DEFAULTS.maxDocuments(),
            1,
            100_000_000,
            "Maximum number of documents in a collection. Documents beyond it become dead letters. Each collection"
                    + " is counted separately. If corpus.placement is sharded, the limit is approximate, and lets in more: 6 % at a million, several times as many below a thousand.");
    static final Option<Integer> DIMENSION = Option.optionalInteger(
            "corpus.dimension",
            1,
            EmbeddingCodec.MAX_DIMENSION,
            "Number of values in each vector, if models.embedder.uri is none. Documents and queries then bring their"
                    + " vectors. With an embedder it must not be set, because the embedder decides.");
    static final Option<Boolean> WAIT_UNTIL_LOADED = Option.flag(
            "corpus.wait-until-loaded",
            DEFAULTS.waitUntilLoaded(),
            "Whether queries wait at start until the job has read the documents topic up to its end at that time.");
    static final Option<Duration> WAIT_TIMEOUT = Option.duration(
            "corpus.wait-timeout",
            DEFAULTS.waitTimeout(),
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            "Maximum time that queries wait for the corpus at start. After it they are answered from the documents"
                    + " read so far.");
    static final Option<Integer> MAX_WAITING_QUERIES = Option.integer(
            "corpus.max-waiting-queries",
            DEFAULTS.maxWaitingQueries(),
            1,
            10_000_000,
            "Maximum number of queries that each parallel part of the job holds while the corpus loads. The job"
                    + " answers further queries at once, degraded and without results. It does the same with a query whose"
                    + " own time limit ends while it waits.");
    static final Option<Duration> TOMBSTONE_RETENTION = Option.duration(
            "corpus.tombstone-retention",
            DEFAULTS.tombstoneRetention(),
            Duration.ofMinutes(1),
            Duration.ofDays(365),
            "How long the job remembers a delete, so that an older version that arrives later does not undo it. Set it"
                    + " longer than embedding a document can take. The job remembers at most as many deletes as there are"
                    + " documents, or 100000 if there are fewer.");

    static final Section SECTION = new Section(
            "Corpus",
            "The documents that retrieval searches.",
            List.of(
                    PLACEMENT,
                    SHARD_TIMEOUT,
                    MAX_DOCUMENTS,
                    DIMENSION,
                    WAIT_UNTIL_LOADED,
                    WAIT_TIMEOUT,
                    MAX_WAITING_QUERIES,
                    TOMBSTONE_RETENTION));

    private CorpusOptions() {}

    static CorpusConfig read(Settings settings) {
        return new CorpusConfig(
                settings.get(PLACEMENT),
                settings.get(SHARD_TIMEOUT),
                DocumentOptions.embedText(settings),
                RetrievalOptions.sparse(settings),
                settings.get(MAX_DOCUMENTS),
                settings.get(WAIT_UNTIL_LOADED),
                settings.get(WAIT_TIMEOUT),
                settings.get(MAX_WAITING_QUERIES),
                settings.get(TOMBSTONE_RETENTION));
    }
}
