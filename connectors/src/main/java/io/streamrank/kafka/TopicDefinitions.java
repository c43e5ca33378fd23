// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** Defines the settings that a topic gets when the job creates it: partitions, cleanup policy, retention and record size. */
final class TopicDefinitions {
    private TopicDefinitions() {}

    /** Returns the documents, queries, results and dead-letters topic, in this order. */
    static List<NewTopic> of(KafkaConfig config) {
        List<NewTopic> topics = new ArrayList<>();
        topics.add(topic(
                config,
                config.documentsTopic(),
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
                        // A job that was away for less sees every delete.
                        TopicConfig.DELETE_RETENTION_MS_CONFIG, days(7),
                        // Only closed segments are compacted, and a small corpus never fills one.
                        TopicConfig.SEGMENT_MS_CONFIG, days(1))));
        topics.add(topic(config, config.queriesTopic(), Map.of()));
        topics.add(topic(config, config.resultsTopic(), Map.of()));
        topics.add(topic(
                config,
                config.deadLettersTopic(),
                Map.of(
                        // A record of any other topic fits, with the headers that say why it is here.
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                        Integer.toString(ClientProperties.MAX_REQUEST_BYTES),
                        TopicConfig.RETENTION_MS_CONFIG,
                        days(28))));
        return topics;
    }

    private static NewTopic topic(KafkaConfig config, String name, Map<String, String> settings) {
        return new NewTopic(name, config.newTopicPartitions(), (short) config.newTopicReplication()).configs(settings);
    }

    private static String days(int days) {
        return Long.toString(Duration.ofDays(days).toMillis());
    }
}
