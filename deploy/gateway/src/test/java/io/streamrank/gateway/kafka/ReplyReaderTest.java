// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ReplyReaderTest {
    private static final TopicPartition PARTITION = new TopicPartition("streamrank-replies", 3);
    private static final UUID ID = UUID.randomUUID();

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("latest");
    private final PendingReplies pending = new PendingReplies();

    @Test
    void readsFromTheEndAndHandsRepliesToTheirWaiters() throws Exception {
        consumer.updateEndOffsets(Map.of(PARTITION, 5L));
        CompletableFuture<byte[]> reply = pending.add(ID, Duration.ofMinutes(5));
        try (ReplyReader reader = new ReplyReader(consumer, PARTITION, pending)) {
            assertThat(consumer.position(PARTITION)).isEqualTo(5);
            consumer.schedulePollTask(() -> {
                consumer.addRecord(record(5, List.of(new RecordHeader("other", new byte[] {1}))));
                consumer.addRecord(record(6, List.of(id(UUID.randomUUID()))));
                consumer.addRecord(record(7, ReplyHeaders.of(ID, "streamrank-replies", 3)));
            });
            reader.start();

            assertThat(reply.get(1, TimeUnit.MINUTES)).containsExactly(7);
            assertThat(reader.unknown()).isEqualTo(2);
            assertThat(reader.isReading()).isTrue();
        }
        assertThat(consumer.closed()).isTrue();
    }

    @Test
    void goesOnAfterAFailure() throws Exception {
        consumer.updateEndOffsets(Map.of(PARTITION, 0L));
        CompletableFuture<byte[]> reply = pending.add(ID, Duration.ofMinutes(5));
        try (ReplyReader reader = new ReplyReader(consumer, PARTITION, pending)) {
            consumer.schedulePollTask(() -> consumer.setPollException(new KafkaException("not now")));
            consumer.schedulePollTask(() -> {});
            consumer.schedulePollTask(() -> consumer.addRecord(record(0, List.of(id(ID)))));
            reader.start();

            assertThat(reply.get(1, TimeUnit.MINUTES)).containsExactly(0);
        }
    }

    private static Header id(UUID id) {
        return new RecordHeader(ReplyHeaders.CORRELATION_ID, ReplyHeaders.bytes(id));
    }

    private static ConsumerRecord<byte[], byte[]> record(int offset, List<Header> headers) {
        RecordHeaders all = new RecordHeaders();
        headers.forEach(all::add);
        return new ConsumerRecord<>(
                PARTITION.topic(),
                PARTITION.partition(),
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                1,
                null,
                new byte[] {(byte) offset},
                all,
                Optional.empty());
    }
}
