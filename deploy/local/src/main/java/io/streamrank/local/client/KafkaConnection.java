// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import io.streamrank.config.InputFile;
import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Says how the launcher's own clients reach Kafka.
 *
 * @param properties for every client, e.g. for TLS and SASL
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> properties) {
    /** Clients give up after this long without an answer, in milliseconds; a person is waiting. */
    private static final String PATIENCE_MS = "10000";

    public KafkaConnection {
        properties = Map.copyOf(properties);
    }

    /**
     * Reads client properties.
     *
     * @param file as Kafka's own tools read them, or null for none
     */
    public static KafkaConnection of(String bootstrapServers, @Nullable Path file) {
        Properties properties = new Properties();
        if (file != null) {
            try (InputFile input = InputFile.open(file, "a file of Kafka client properties")) {
                properties.load(new StringReader(input.readAll()));
            } catch (IOException | IllegalArgumentException e) {
                throw new InputException(
                        file + " is not a file of client properties: write security.protocol=SSL, one a line, and"
                                + " escapes such as \\u00e9 with four digits",
                        e);
            }
        }
        Map<String, String> texts = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> texts.put(name, properties.getProperty(name)));
        return new KafkaConnection(bootstrapServers, texts);
    }

    /** Names the properties without their values, some of which are passwords. */
    @Override
    public String toString() {
        return "KafkaConnection[bootstrapServers=" + bootstrapServers + ", properties="
                + new TreeSet<>(properties.keySet()) + "]";
    }

    Map<String, Object> admin() {
        return client(Map.of("default.api.timeout.ms", PATIENCE_MS, "request.timeout.ms", "5000"));
    }

    Map<String, Object> consumer() {
        return client(Map.of(
                "default.api.timeout.ms", PATIENCE_MS,
                "isolation.level", "read_committed",
                "enable.auto.commit", "false",
                // An answer is wanted when it is there, not when there are enough of them.
                "fetch.max.wait.ms", "50"));
    }

    /** Returns the properties of a producer that many records go through: it waits a little for a batch to fill. */
    Map<String, Object> documentProducer() {
        return producer("5");
    }

    /**
     * Returns the properties of a producer whose records somebody waits for: it sends at once what it gets. Records that come
     * while it sends still share the next request.
     */
    Map<String, Object> queryProducer() {
        return producer("0");
    }

    private Map<String, Object> producer(String lingerMs) {
        return client(Map.of(
                "max.block.ms",
                PATIENCE_MS,
                "max.request.size",
                "16777216",
                "linger.ms",
                lingerMs,
                "compression.type",
                "lz4"));
    }

    /** The user's properties win over ours. */
    private Map<String, Object> client(Map<String, String> ours) {
        Map<String, Object> client = new HashMap<>(ours);
        client.putAll(properties);
        client.put("bootstrap.servers", bootstrapServers);
        return client;
    }
}
