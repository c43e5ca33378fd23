// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** Writes and reads the headers of Spring's request-reply: topic, partition and correlation id. */
final class ReplyHeaders {
    static final String TOPIC = "kafka_replyTopic";
    static final String PARTITION = "kafka_replyPartition";
    static final String CORRELATION_ID = "kafka_correlationId";

    private static final int ID_BYTES = 16;

    private ReplyHeaders() {}

    static List<Header> of(UUID id, String topic, int partition) {
        return List.of(
                new RecordHeader(TOPIC, topic.getBytes(UTF_8)),
                new RecordHeader(
                        PARTITION,
                        ByteBuffer.allocate(Integer.BYTES).putInt(partition).array()),
                new RecordHeader(CORRELATION_ID, bytes(id)));
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(ID_BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    /** Returns the correlation id; null if there is none of the gateway's form. */
    static @Nullable UUID id(Headers headers) {
        Header header = headers.lastHeader(CORRELATION_ID);
        if (header == null || header.value() == null || header.value().length != ID_BYTES) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(header.value());
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
