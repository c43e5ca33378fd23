// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Builds the properties of each Kafka client. A reference such as {@code ${env:NAME}} stays as it is until the client
 * resolves it on the machine where it runs, so that no secret is part of a job graph or a log.
 */
final class ClientProperties {
    /** Allows answers with many documents, and dead letters, which are larger than their records by some headers. */
    static final int MAX_REQUEST_BYTES = 16 << 20;

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(\\w+):");
    private static final Map<String, Class<?>> PROVIDERS = Map.of(
            "env", EnvVarConfigProvider.class,
            "file", FileConfigProvider.class,
            "dir", DirectoryConfigProvider.class);
    private static final Map<String, String> PRODUCER_DEFAULTS = Map.of(
            ProducerConfig.ACKS_CONFIG, "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true",
            ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4",
            ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(64 << 10),
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(MAX_REQUEST_BYTES));

    private ClientProperties() {}

    static Properties consumer(KafkaConfig config) {
        return merge(
                config,
                Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
                config.properties(),
                config.consumerProperties());
    }

    /** Returns the properties of the producer of answers, which sends them at once: somebody waits. */
    static Properties producer(KafkaConfig config) {
        return producer(config, "0");
    }

    /** Returns the properties of the producer of dead letters, which waits a little for a batch to fill: there may be many. */
    static Properties deadLetterProducer(KafkaConfig config) {
        return producer(config, "5");
    }

    private static Properties producer(KafkaConfig config, String lingerMs) {
        Map<String, String> defaults = new HashMap<>(PRODUCER_DEFAULTS);
        defaults.put(ProducerConfig.LINGER_MS_CONFIG, lingerMs);
        Properties merged = merge(config, defaults, config.properties(), config.producerProperties());
        if (config.exactlyOnce()) {
            merged.setProperty(
                    ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                    Long.toString(config.transactionTimeout().toMillis()));
        }
        return merged;
    }

    static Properties admin(KafkaConfig config) {
        return merge(config, Map.of(), config.properties(), Map.of());
    }

    private static Properties merge(
            KafkaConfig config, Map<String, String> defaults, Map<String, String> shared, Map<String, String> own) {
        Properties merged = new Properties();
        merged.putAll(defaults);
        merged.putAll(shared);
        merged.putAll(own);
        merged.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        addConfigProviders(merged);
        return merged;
    }

    /** Adds Kafka's own config providers where a value refers to one that the user has not configured. */
    private static void addConfigProviders(Properties merged) {
        Set<String> named = new LinkedHashSet<>(Arrays.asList(
                merged.getProperty(AbstractConfig.CONFIG_PROVIDERS_CONFIG, "").split("\\s*,\\s*")));
        named.remove("");
        for (String key : merged.stringPropertyNames()) {
            Matcher reference = REFERENCE.matcher(merged.getProperty(key));
            while (reference.find()) {
                Class<?> provider = PROVIDERS.get(reference.group(1));
                if (provider != null && named.add(reference.group(1))) {
                    merged.setProperty(
                            AbstractConfig.CONFIG_PROVIDERS_CONFIG + '.' + reference.group(1) + ".class",
                            provider.getName());
                }
            }
        }
        if (!named.isEmpty()) {
            merged.setProperty(AbstractConfig.CONFIG_PROVIDERS_CONFIG, String.join(",", named));
        }
    }
}
