// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** Warns of settings of existing topics that work but lose data: retention, compaction, and a small dead-letter topic. */
final class TopicConfigWarnings {
    /** Bytes for the headers that say why a record became a dead letter. */
    private static final int REASON_BYTES = 4_096;

    private TopicConfigWarnings() {}

    /** Asks the brokers for the settings of the four topics and returns one sentence for each finding. */
    static List<String> of(Admin admin, KafkaConfig config, long timeoutMs)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<ConfigResource> resources = new ArrayList<>();
        for (String topic : List.of(
                config.documentsTopic(), config.queriesTopic(), config.resultsTopic(), config.deadLettersTopic())) {
            resources.add(new ConfigResource(ConfigResource.Type.TOPIC, topic));
        }
        Map<String, TopicSettings> settings = new HashMap<>();
        admin.describeConfigs(resources)
                .all()
                .get(timeoutMs, TimeUnit.MILLISECONDS)
                .forEach((resource, setting) -> settings.put(resource.name(), TopicSettings.of(setting)));
        return of(settings, config);
    }

    /** Returns one sentence for each finding. A topic whose settings the brokers do not tell draws none. */
    static List<String> of(Map<String, TopicSettings> settings, KafkaConfig config) {
        Function<String, TopicSettings> known = topic -> settings.getOrDefault(topic, TopicSettings.UNKNOWN);
        List<String> warnings = new ArrayList<>();
        TopicSettings documents = known.apply(config.documentsTopic());
        if (documents.cleans(TopicConfig.CLEANUP_POLICY_DELETE) && !documents.keepsForever()) {
            warnings.add(
                    "topic %s has cleanup.policy=%s, so a job that starts without state misses documents older than its retention.ms: set cleanup.policy=compact"
                            .formatted(config.documentsTopic(), documents.cleanupPolicy()));
        }
        for (String topic : List.of(config.resultsTopic(), config.deadLettersTopic())) {
            if (known.apply(topic).cleans(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                warnings.add(
                        "topic %s has cleanup.policy=%s, so of several records with a key only the newest is kept, and one without a key gets its topic-partition-offset as its key: set cleanup.policy=delete"
                                .formatted(topic, known.apply(topic).cleanupPolicy()));
            }
        }
        Integer deadLetterBytes = known.apply(config.deadLettersTopic()).maxRecordBytes();
        int largest = Stream.of(config.documentsTopic(), config.queriesTopic())
                .map(topic -> known.apply(topic).maxRecordBytes())
                .filter(Objects::nonNull)
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        if (deadLetterBytes != null && largest > 0 && deadLetterBytes < largest + REASON_BYTES) {
            warnings.add(
                    "topic %s takes records of %d bytes but its inputs of %d, so the largest dead letters are cut: set its max.message.bytes to at least %d"
                            .formatted(config.deadLettersTopic(), deadLetterBytes, largest, largest + REASON_BYTES));
        }
        return warnings;
    }
}
