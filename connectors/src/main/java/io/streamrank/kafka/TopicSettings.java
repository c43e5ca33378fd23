// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * Holds a topic's settings as its brokers tell them. Some may be missing: a user may not be allowed to see them, and a
 * server that only speaks Kafka's protocol may not know them all.
 *
 * @param values by name, without those that are not known
 */
record TopicSettings(Map<String, String> values) {
    static final TopicSettings UNKNOWN = new TopicSettings(Map.of());

    static TopicSettings of(Config config) {
        Map<String, String> values = new HashMap<>();
        for (ConfigEntry entry : config.entries()) {
            if (entry.value() != null) {
                values.put(entry.name(), entry.value());
            }
        }
        return new TopicSettings(values);
    }

    /** Tells whether this is one of the topic's cleanup policies, such as {@code compact}; a topic may have several. */
    boolean cleans(String policy) {
        return values.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "").contains(policy);
    }

    /** Returns {@code cleanup.policy} as it is written. */
    String cleanupPolicy() {
        return values.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "");
    }

    /** Tells whether the brokers never delete records for their age, as far as is known. */
    boolean keepsForever() {
        return values.getOrDefault(TopicConfig.RETENTION_MS_CONFIG, "-1").equals("-1");
    }

    /** Returns the largest batch that the brokers accept, in bytes; null where that is not known. */
    @Nullable
    Integer maxRecordBytes() {
        try {
            String bytes = values.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
            return bytes == null ? null : Integer.valueOf(bytes);
        } catch (NumberFormatException unknown) {
            return null;
        }
    }
}
