// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the dead letters of one load, from the moment it is opened. Not thread-safe. */
public final class DeadLetterReader implements AutoCloseable {
    private static final Duration STEP = Duration.ofMillis(100);

    /** A job that refuses one document after the other is not listened to for longer than so many times the patience. */
    private static final int MOST = 10;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final LongSupplier clock;

    /**
     * Connects, and reads what comes from now on.
     *
     * @param clock of nanoseconds
     */
    public DeadLetterReader(KafkaConnection connection, String topic, LongSupplier clock) {
        this.clock = clock;
        this.consumer =
                new KafkaConsumer<>(connection.consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // seeking is lazy
    }

    /**
     * Returns the dead letters of a load, once none came for a while.
     *
     * @param load as given to {@link DocumentSender}
     */
    public List<RejectedRecord> await(String load, Duration patience) {
        List<RejectedRecord> found = new ArrayList<>();
        long begin = clock.getAsLong();
        long lastNews = begin;
        while (clock.getAsLong() - lastNews < patience.toNanos()
                && clock.getAsLong() - begin < MOST * patience.toNanos()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(STEP)) {
                RejectedRecord letter = RejectedRecord.of(record);
                if (load.equals(letter.request())) {
                    found.add(letter);
                    lastNews = clock.getAsLong();
                }
            }
        }
        return found;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
