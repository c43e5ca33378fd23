// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Builds the properties of the gateway's Kafka clients. The user's properties win over these. */
final class GatewayClients {
    /** Stays below the default deadline of a request, so that a client hears of an unreachable Kafka in time. */
    private static final String MAX_BLOCK_MS = "2000";

    private GatewayClients() {}

    /** Returns the producer of queries, which waits for nobody: Kafka's own producers hold records back for 5 ms. */
    static Map<String, Object> queries(KafkaSettings settings) {
        Map<String, Object> ours = producer();
        ours.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        return merged(ours, settings);
    }

    /** Returns the producer of documents, which come in bulk. */
    static Map<String, Object> documents(KafkaSettings settings) {
        Map<String, Object> ours = producer();
        ours.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        return merged(ours, settings);
    }

    private static Map<String, Object> producer() {
        Map<String, Object> ours = new HashMap<>();
        ours.put(ProducerConfig.ACKS_CONFIG, "all");
        ours.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        ours.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        ours.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
        ours.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(16 << 20));
        // A query that Kafka took no later than this is still wanted; an older one is not sent again.
        ours.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "3000");
        ours.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "5000");
        return ours;
    }

    /**
     * Returns the reader of replies. It does not wait for commits, which a job with exactly-once makes only at each checkpoint.
     * An answer of an aborted transaction is correct too, since an answer changes nothing.
     */
    static Map<String, Object> replies(KafkaSettings settings) {
        Map<String, Object> ours = new HashMap<>();
        ours.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        ours.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        // Where the position is gone, e.g. as the topic was made again, what is missed is late anyway.
        ours.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        ours.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "1");
        ours.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        ours.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
        return merged(ours, settings);
    }

    static Map<String, Object> admin(KafkaSettings settings) {
        Map<String, Object> ours = new HashMap<>();
        ours.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
        ours.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        return merged(ours, settings);
    }

    private static Map<String, Object> merged(Map<String, Object> ours, KafkaSettings settings) {
        Map<String, Object> merged = new HashMap<>(ours);
        merged.putAll(settings.properties());
        merged.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        return merged;
    }
}
