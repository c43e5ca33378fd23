// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamrank.event.Header;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks the reply topic and partition that a query asks for in the headers of Spring's request-reply. It never allows a
 * topic that the job reads, the dead-letter topic or a topic of Kafka's own, whatever the patterns say.
 *
 * @param patterns exact names or {@code prefix*}
 * @param taken topics that the job reads, or writes something else to
 */
record ReplyTopics(List<String> patterns, Set<String> taken) implements Serializable {
    static final String TOPIC_HEADER = "kafka_replyTopic";
    static final String PARTITION_HEADER = "kafka_replyPartition";
    /** Begins the names of Kafka's own topics, such as {@code __consumer_offsets}, whose records only brokers write. */
    private static final String INTERNAL = "__";

    /** Returns the topics that the configuration allows, and the results topic, where answers go anyway. */
    static ReplyTopics of(KafkaConfig config) {
        List<String> patterns = new ArrayList<>(config.replyTopics());
        patterns.add(config.resultsTopic());
        return new ReplyTopics(
                List.copyOf(patterns),
                Set.of(config.documentsTopic(), config.queriesTopic(), config.deadLettersTopic()));
    }

    /** Tells whether answers may be sent to the topic. */
    boolean allows(String topic) {
        return !taken.contains(topic)
                && !topic.startsWith(INTERNAL)
                && patterns.stream()
                        .anyMatch(pattern -> pattern.endsWith("*")
                                ? topic.startsWith(pattern.substring(0, pattern.length() - 1))
                                : topic.equals(pattern));
    }

    /** Returns the topic that the headers ask for; null where they ask for none. */
    static @Nullable String topic(List<Header> headers) {
        byte[] value = last(headers, TOPIC_HEADER);
        return value == null || value.length == 0 ? null : new String(value, UTF_8);
    }

    /** Returns the partition that the headers ask for, four bytes big-endian; null where the topic has no such partition. */
    static @Nullable Integer partition(List<Header> headers, int partitions) {
        byte[] value = last(headers, PARTITION_HEADER);
        if (value == null || value.length != Integer.BYTES) {
            return null;
        }
        int partition = ByteBuffer.wrap(value).getInt();
        return partition >= 0 && partition < partitions ? partition : null;
    }

    private static byte @Nullable [] last(List<Header> headers, String key) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).key().equals(key)) {
                return headers.get(i).value();
            }
        }
        return null;
    }
}
