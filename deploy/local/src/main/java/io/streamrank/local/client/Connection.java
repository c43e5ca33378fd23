// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import io.streamrank.local.InputException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How the launcher's own clients reach Kafka.
 *
 * @param properties for every client, e.g. for TLS and SASL
 */
public record Connection(String bootstrapServers, Map<String, String> properties) {
    /** Clients give up after this long without an answer, in milliseconds; a person is waiting. */
    private static final String PATIENCE_MS = "10000";

    public Connection {
        properties = Map.copyOf(properties);
    }

    /**
     * Reads client properties.
     *
     * @param file as Kafka's own tools read them, or null for none
     */
    public static Connection of(String bootstrapServers, @Nullable Path file) {
        Properties properties = new Properties();
        if (file != null) {
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new InputException("the client properties cannot be read from " + file, e);
            }
        }
        Map<String, String> texts = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> texts.put(name, properties.getProperty(name)));
        return new Connection(bootstrapServers, texts);
    }

    Map<String, Object> admin() {
        Map<String, Object> client = new HashMap<>(properties);
        client.put("bootstrap.servers", bootstrapServers);
        client.put("default.api.timeout.ms", PATIENCE_MS);
        client.put("request.timeout.ms", "5000");
        return client;
    }

    Map<String, Object> consumer() {
        Map<String, Object> client = admin();
        client.put("isolation.level", "read_committed");
        client.put("enable.auto.commit", "false");
        // An answer is wanted when it is there, not when there are enough of them.
        client.put("fetch.max.wait.ms", "50");
        return client;
    }

    Map<String, Object> producer() {
        Map<String, Object> client = new HashMap<>(properties);
        client.put("bootstrap.servers", bootstrapServers);
        client.put("max.block.ms", PATIENCE_MS);
        client.put("max.request.size", "33554432");
        client.put("linger.ms", "5");
        client.put("compression.type", "lz4");
        return client;
    }
}
