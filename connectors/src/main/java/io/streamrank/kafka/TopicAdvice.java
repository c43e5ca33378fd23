// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** What is unwise, though not wrong, about topics that were there before. */
final class TopicAdvice {
    /** Room for the headers that say why a record is dead. */
    private static final int REASON_BYTES = 4_096;

    private TopicAdvice() {}

    static List<String> of(Admin admin, KafkaConfig config, long timeoutMs)
            throws ExecutionException, InterruptedException, TimeoutException {
        List<ConfigResource> resources = new ArrayList<>();
        for (String topic : List.of(config.documentsTopic(), config.queriesTopic(), config.deadLettersTopic())) {
            resources.add(new ConfigResource(ConfigResource.Type.TOPIC, topic));
        }
        Map<String, Config> settings = new HashMap<>();
        admin.describeConfigs(resources)
                .all()
                .get(timeoutMs, TimeUnit.MILLISECONDS)
                .forEach((resource, setting) -> settings.put(resource.name(), setting));
        List<String> advice = new ArrayList<>();
        String cleanup = setting(settings, config.documentsTopic(), TopicConfig.CLEANUP_POLICY_CONFIG);
        if (cleanup.contains(TopicConfig.CLEANUP_POLICY_DELETE)
                && !setting(settings, config.documentsTopic(), TopicConfig.RETENTION_MS_CONFIG)
                        .equals("-1")) {
            advice.add(
                    "topic %s has cleanup.policy=%s, so a job that starts anew misses documents older than its retention.ms: set cleanup.policy=compact"
                            .formatted(config.documentsTopic(), cleanup));
        }
        int room = maxBytes(settings, config.deadLettersTopic());
        int largest = Math.max(maxBytes(settings, config.documentsTopic()), maxBytes(settings, config.queriesTopic()));
        if (room < largest + REASON_BYTES) {
            advice.add(
                    "topic %s takes records of %d bytes but its inputs of %d, so the largest dead letters are cut: set its max.message.bytes to at least %d"
                            .formatted(config.deadLettersTopic(), room, largest, largest + REASON_BYTES));
        }
        return advice;
    }

    private static int maxBytes(Map<String, Config> settings, String topic) {
        return Integer.parseInt(setting(settings, topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
    }

    private static String setting(Map<String, Config> settings, String topic, String name) {
        Config config = settings.get(topic);
        ConfigEntry entry = config == null ? null : config.get(name);
        if (entry == null || entry.value() == null) {
            throw new IllegalStateException("topic %s has no setting %s".formatted(topic, name));
        }
        return entry.value();
    }
}
