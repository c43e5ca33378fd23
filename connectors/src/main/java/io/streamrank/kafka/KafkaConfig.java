// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Holds how the job reaches Kafka: brokers, topics, delivery and the properties of its clients.
 *
 * @param replyTopics exact names or {@code prefix*} patterns that {@code kafka_replyTopic} may name
 * @param exactlyOnce transactions around results and dead letters; readers need {@code read_committed}
 * @param properties for every client, as Kafka names them; {@code ${env:NAME}} is resolved by the client itself
 */
public record KafkaConfig(
        String bootstrapServers,
        String groupId,
        String documentsTopic,
        String queriesTopic,
        String resultsTopic,
        String deadLettersTopic,
        List<String> replyTopics,
        StartAt queriesStart,
        boolean createTopics,
        int newTopicPartitions,
        int newTopicReplication,
        boolean exactlyOnce,
        String transactionalIdPrefix,
        Duration transactionTimeout,
        Map<String, String> properties,
        Map<String, String> consumerProperties,
        Map<String, String> producerProperties)
        implements Serializable {
    /** Says where queries are read from when there is no state and, for {@code COMMITTED}, no committed offset. */
    public enum StartAt {
        COMMITTED,
        EARLIEST,
        LATEST
    }

    public KafkaConfig {
        replyTopics = List.copyOf(replyTopics);
        properties = Map.copyOf(properties);
        consumerProperties = Map.copyOf(consumerProperties);
        producerProperties = Map.copyOf(producerProperties);
    }

    /** Returns a copy with these settings for every client in place of {@link #properties}. */
    public KafkaConfig withProperties(Map<String, String> others) {
        return new KafkaConfig(
                bootstrapServers,
                groupId,
                documentsTopic,
                queriesTopic,
                resultsTopic,
                deadLettersTopic,
                replyTopics,
                queriesStart,
                createTopics,
                newTopicPartitions,
                newTopicReplication,
                exactlyOnce,
                transactionalIdPrefix,
                transactionTimeout,
                others,
                consumerProperties,
                producerProperties);
    }

    /** Shows client settings by name alone, as their values may be secrets. */
    @Override
    public String toString() {
        return "KafkaConfig[bootstrapServers=" + bootstrapServers + ", groupId=" + groupId + ", documentsTopic="
                + documentsTopic + ", queriesTopic=" + queriesTopic + ", resultsTopic=" + resultsTopic
                + ", deadLettersTopic=" + deadLettersTopic + ", replyTopics=" + replyTopics + ", queriesStart="
                + queriesStart + ", createTopics=" + createTopics + ", newTopicPartitions=" + newTopicPartitions
                + ", newTopicReplication=" + newTopicReplication + ", exactlyOnce=" + exactlyOnce
                + ", transactionalIdPrefix=" + transactionalIdPrefix + ", transactionTimeout=" + transactionTimeout
                + ", properties=" + new TreeSet<>(properties.keySet()) + ", consumerProperties="
                + new TreeSet<>(consumerProperties.keySet()) + ", producerProperties="
                + new TreeSet<>(producerProperties.keySet()) + "]";
    }
}
