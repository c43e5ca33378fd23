// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.corpus;

import java.util.List;

/**
 * Holds one setting of Flink or Kafka as its reference documents it.
 *
 * @param system {@code flink} or {@code kafka}
 * @param components parts of the system that have it, e.g. {@code consumer}; at least one
 * @param key name, e.g. {@code auto.offset.reset}
 * @param type e.g. {@code Duration}
 * @param defaultValue as a user would write it; empty for none
 * @param description plain text
 */
public record ConfigurationOption(
        String system, List<String> components, String key, String type, String defaultValue, String description) {
    public ConfigurationOption {
        components = List.copyOf(components);
    }

    /** Returns an id, e.g. {@code kafka.consumer/auto.offset.reset}, {@code flink/parallelism.default}. */
    public String id() {
        return system.equals("flink") ? "flink/" + key : system + "." + components.get(0) + "/" + key;
    }

    /** Returns a title, e.g. {@code auto.offset.reset (Kafka consumer)}. */
    public String title() {
        return system.equals("flink") ? key + " (Flink)" : key + " (Kafka " + String.join(", ", components) + ")";
    }
}
