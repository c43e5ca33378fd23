// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Serializable;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Computes how large a record's value may be, so that a sink can cut what is too large. Kafka's producer refuses what
 * exceeds {@code max.request.size} uncompressed, a broker what exceeds {@code max.message.bytes} compressed. Both limits are
 * applied to the size before compression, which is the safe side.
 *
 * @param maxRequestBytes the producer's {@code max.request.size}
 */
record RecordSizeLimit(int maxRequestBytes) implements Serializable {
    /** At least what Kafka adds to a batch of one record. */
    private static final int BATCH_BYTES = 256;

    private static final int HEADER_BYTES = 10;

    static RecordSizeLimit of(Properties producer) {
        return new RecordSizeLimit(Integer.parseInt(producer.getProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG)));
    }

    /** Returns the bytes that key and headers leave for the value; negative where they alone are too large. */
    int roomForValue(@Nullable TopicMetadata topic, byte @Nullable [] key, Iterable<Header> headers) {
        int topicBytes = topic == null ? TopicDescriber.CAUTIOUS_RECORD_BYTES : topic.maxRecordBytes();
        int room = Math.min(maxRequestBytes, topicBytes) - BATCH_BYTES - (key == null ? 0 : key.length);
        for (Header header : headers) {
            byte[] value = header.value();
            room -= HEADER_BYTES + header.key().getBytes(UTF_8).length + (value == null ? 0 : value.length);
        }
        return room;
    }
}
