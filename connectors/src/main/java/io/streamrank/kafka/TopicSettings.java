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
 * A topic's settings as its brokers tell them. Not all do: a user may not be allowed to see them, and what only speaks
 * Kafka's protocol need not know them all.
 *
 * @param values by name; what is not there is not known
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

    /** Whether the brokers are known to clean the topic up so, e.g. {@code compact}; several policies may be set. */
    boolean cleans(String policy) {
        return values.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "").contains(policy);
    }

    /** The policies as they are written. */
    String cleanupPolicy() {
        return values.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "");
    }

    /** Whether nothing is known to be deleted for its age. */
    boolean keepsForever() {
        return values.getOrDefault(TopicConfig.RETENTION_MS_CONFIG, "-1").equals("-1");
    }

    /** The largest batch that the brokers take, in bytes; null where that is not known. */
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
