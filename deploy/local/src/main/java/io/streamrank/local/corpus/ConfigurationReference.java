// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.corpus;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads the corpus of the demonstration: what every setting of Flink and Kafka does. It comes from the definitions on
 * this class path, so that it is always that of the versions in use.
 */
public final class ConfigurationReference {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ConfigurationReference() {}

    /** Reads all options, Flink's first. */
    public static List<ConfigurationOption> read() {
        return Stream.concat(FlinkReference.read().stream(), KafkaReference.read().stream())
                .toList();
    }

    /** Returns an option as a document of the wire contract. */
    public static ObjectNode document(ConfigurationOption option) {
        ObjectNode document = JSON.createObjectNode();
        document.put("id", option.id());
        document.putObject("fields").put("title", option.title()).put("text", option.description());
        ObjectNode metadata = document.putObject("metadata");
        metadata.put("system", option.system());
        option.components().forEach(metadata.withArray("component")::add);
        metadata.put("type", option.type()).put("default", option.defaultValue());
        return document;
    }
}
