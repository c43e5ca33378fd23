// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.Option;
import io.streamrank.config.option.PassThrough;
import io.streamrank.config.option.Section;
import io.streamrank.config.option.UnknownKeys;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Lists every option of the job. */
final class JobOptions {
    static final List<Section> SECTIONS = List.of(
            KafkaOptions.SECTION,
            DocumentOptions.SECTION,
            CorpusOptions.SECTION,
            QueryOptions.SECTION,
            RetrievalOptions.SECTION,
            RerankOptions.SECTION,
            BatchOptions.EMBEDDING_SECTION,
            ModelOptions.SECTION,
            HostedOptions.SECTION,
            SlotOptions.SECTION,
            LimitOptions.SECTION);

    /** The ten options that most users set, for the top of the reference page. */
    static final List<Option<?>> IMPORTANT = List.of(
            KafkaOptions.BOOTSTRAP_SERVERS,
            KafkaOptions.DELIVERY,
            DocumentOptions.EMBED_FIELDS,
            DocumentOptions.RANK_FIELDS,
            QueryOptions.CANDIDATES,
            QueryOptions.TOP_N,
            RerankOptions.TIMEOUT,
            ModelOptions.EMBEDDER.uri(),
            ModelOptions.RERANKER.uri(),
            ModelOptions.DEVICE);

    static final List<PassThrough> PASS_THROUGH = Stream.concat(
                    KafkaProperties.PREFIXES.stream(), Stream.of(FlinkOptions.SETTINGS))
            .toList();

    /** Options of earlier versions, each with what to do instead; keep an entry as long as its users may upgrade. */
    private static final Map<String, String> REMOVED = Map.of();

    private JobOptions() {}

    static UnknownKeys unknownKeys() {
        return new UnknownKeys(
                SECTIONS.stream()
                        .flatMap(section -> section.options().stream())
                        .map(Option::key)
                        .toList(),
                PASS_THROUGH.stream().map(PassThrough::prefix).toList(),
                REMOVED);
    }
}
