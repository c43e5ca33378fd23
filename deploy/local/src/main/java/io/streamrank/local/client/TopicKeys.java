// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import io.streamrank.event.Document;
import io.streamrank.event.DocumentKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads which documents a topic holds, by the keys of its records. */
public final class TopicKeys {
    private static final Duration STEP = Duration.ofMillis(100);

    private TopicKeys() {}

    /**
     * Reads the topic from its first record to where it ends now. A document whose record has no key is not among them, as no
     * delete could name it.
     *
     * @return the keys of the collection's documents that are not deleted; the caller owns the set
     */
    public static Set<String> ofCollection(KafkaConnection connection, String topic, String collection) {
        Set<String> live = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(connection.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(STEP).forEach(record -> apply(record, collection, live));
            }
        }
        return live;
    }

    private static void apply(ConsumerRecord<byte[], byte[]> record, String collection, Set<String> live) {
        if (record.key() == null) {
            return;
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        int slash = key.indexOf('/');
        String owner = slash < 0 ? Document.DEFAULT_COLLECTION : key.substring(0, slash);
        if (!owner.equals(collection)) {
            return;
        }
        // One document may be named with its default collection and without.
        String name = new DocumentKey(owner, key.substring(slash + 1)).toString();
        if (record.value() == null) {
            live.remove(name);
        } else {
            live.add(name);
        }
    }
}
