// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Says where Kafka and the topics are.
 *
 * @param properties for every client, e.g. for TLS and SASL; they win over the gateway's own
 * @param replyPartition of the replies topic, from 0; null to take it from the host's name
 * @param newPartitions of the replies topic, if the gateway creates it; 0 if it must be there
 */
public record KafkaSettings(
        String bootstrapServers,
        Map<String, String> properties,
        String queriesTopic,
        String documentsTopic,
        String repliesTopic,
        @Nullable Integer replyPartition,
        int newPartitions) {
    public static final String REPLIES = "streamrank-replies";

    public KafkaSettings {
        properties = Map.copyOf(properties);
    }

    /** Shows properties by name alone, as their values may be secrets. */
    @Override
    public String toString() {
        return "KafkaSettings[bootstrapServers=" + bootstrapServers + ", properties="
                + new TreeSet<>(properties.keySet()) + ", queriesTopic=" + queriesTopic + ", documentsTopic="
                + documentsTopic + ", repliesTopic=" + repliesTopic + ", replyPartition=" + replyPartition
                + ", newPartitions=" + newPartitions + "]";
    }
}
