// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.corpus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kafka.server.KafkaConfig;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Reads Kafka's options: the definitions by which its clients and broker check their own configuration. */
final class KafkaReference {
    private KafkaReference() {}

    /** Reads all options; one that several components share in the same words is listed once, with all of them. */
    static List<ConfigurationOption> read() {
        Map<String, ConfigDef> definitions = new LinkedHashMap<>();
        definitions.put("consumer", ConsumerConfig.configDef());
        definitions.put("producer", ProducerConfig.configDef());
        definitions.put("admin", AdminClientConfig.configDef());
        definitions.put("topic", LogConfig.configDefCopy());
        definitions.put("broker", KafkaConfig.configDef());

        Map<List<String>, ConfigurationOption> options = new LinkedHashMap<>();
        definitions.forEach((component, definition) -> definition.configKeys().values().stream()
                .filter(key -> !key.internalConfig && key.documentation != null)
                .map(key -> describe(component, key))
                .forEach(option ->
                        options.merge(List.of(option.key(), option.description()), option, KafkaReference::shared)));
        return List.copyOf(options.values());
    }

    private static ConfigurationOption describe(String component, ConfigKey key) {
        return new ConfigurationOption(
                "kafka",
                List.of(component),
                key.name,
                key.type.name().toLowerCase(Locale.ROOT),
                key.hasDefault() && key.defaultValue != null
                        ? ConfigDef.convertToString(key.defaultValue, key.type)
                        : "",
                PlainText.ofHtml(key.documentation));
    }

    private static ConfigurationOption shared(ConfigurationOption first, ConfigurationOption second) {
        List<String> components = new ArrayList<>(first.components());
        components.addAll(second.components());
        return new ConfigurationOption(
                first.system(), components, first.key(), first.type(), first.defaultValue(), first.description());
    }
}
