// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.Settings;
import io.streamrank.operator.corpus.CorpusConfig;
import java.time.Duration;
import java.util.List;

/** Defines the options of the corpus. */
final class CorpusOptions {
    private static final CorpusConfig DEFAULTS = CorpusConfig.defaults();

    static final Option<Integer> MAX_DOCUMENTS = Option.integer(
            "corpus.max-documents",
            DEFAULTS.maxDocuments(),
            1,
            100_000_000,
            "Documents of a collection beyond this become dead letters. Each collection is counted by itself, and each document is"
                    + " held once by every parallel part of the job.");
    static final Option<Boolean> WAIT_UNTIL_LOADED = Option.flag(
            "corpus.wait-until-loaded",
            DEFAULTS.waitUntilLoaded(),
            "Whether queries wait at start until the documents topic has been read to where it ended when the job started.");
    static final Option<Duration> WAIT_TIMEOUT = Option.duration(
            "corpus.wait-timeout",
            DEFAULTS.waitTimeout(),
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            "How long they wait at most; after it they are answered from what is there.");
    static final Option<Integer> MAX_WAITING_QUERIES = Option.integer(
            "corpus.max-waiting-queries",
            DEFAULTS.maxWaitingQueries(),
            1,
            10_000_000,
            "How many of them each parallel part of the job holds; further ones are answered at once, without results and marked"
                    + " as degraded, as are those whose own time limit ends while they wait.");
    static final Option<Duration> TOMBSTONE_RETENTION = Option.duration(
            "corpus.tombstone-retention",
            DEFAULTS.tombstoneRetention(),
            Duration.ofMinutes(1),
            Duration.ofDays(365),
            "How long a delete is remembered, so that a slower, older version does not undo it. Longer than a document can take to be"
                    + " embedded. No more are remembered than there are documents, or 100000 where those are fewer.");

    static final Section SECTION = new Section(
            "Corpus",
            "The documents that retrieval searches.",
            List.of(MAX_DOCUMENTS, WAIT_UNTIL_LOADED, WAIT_TIMEOUT, MAX_WAITING_QUERIES, TOMBSTONE_RETENTION));

    private CorpusOptions() {}

    static CorpusConfig read(Settings settings) {
        return new CorpusConfig(
                DocumentOptions.embedText(settings),
                settings.get(MAX_DOCUMENTS),
                settings.get(WAIT_UNTIL_LOADED),
                settings.get(WAIT_TIMEOUT),
                settings.get(MAX_WAITING_QUERIES),
                settings.get(TOMBSTONE_RETENTION));
    }
}
