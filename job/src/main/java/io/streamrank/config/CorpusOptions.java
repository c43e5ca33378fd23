// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.operator.CorpusConfig;
import java.time.Duration;
import java.util.List;

/** How the corpus is kept. */
final class CorpusOptions {
    private static final CorpusConfig DEFAULTS = CorpusConfig.defaults();

    static final Option<Integer> MAX_DOCUMENTS = Option.integer(
            "corpus.max-documents",
            DEFAULTS.maxDocuments(),
            1,
            100_000_000,
            "Documents beyond this become dead letters. Each is held once by every parallel part of the job.");
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
    static final Option<Duration> TOMBSTONE_RETENTION = Option.duration(
            "corpus.tombstone-retention",
            DEFAULTS.tombstoneRetention(),
            Duration.ofMinutes(1),
            Duration.ofDays(365),
            "How long a delete is remembered, so that a slower, older version does not undo it. Longer than a document can take to be"
                    + " embedded.");

    static final Section SECTION = new Section(
            "Corpus",
            "The documents that retrieval searches.",
            List.of(MAX_DOCUMENTS, WAIT_UNTIL_LOADED, WAIT_TIMEOUT, TOMBSTONE_RETENTION));

    private CorpusOptions() {}

    static CorpusConfig read(Settings settings) {
        return new CorpusConfig(
                DocumentOptions.embedText(settings),
                settings.get(MAX_DOCUMENTS),
                settings.get(WAIT_UNTIL_LOADED),
                settings.get(WAIT_TIMEOUT),
                settings.get(TOMBSTONE_RETENTION));
    }
}
