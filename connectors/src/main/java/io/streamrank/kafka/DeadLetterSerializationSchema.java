// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.RawRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a refused record, byte for byte, with the headers of Kafka Connect's dead-letter queue after its own. A record that
 * was a dead letter before keeps those headers; the last of a name is the newest.
 *
 * <p>A record that is too large for the dead-letter topic (its {@code max.message.bytes} is smaller than that of the topic
 * the record came from) is cut rather than stopping the job; {@link #CUT} then tells its full size. See {@link RecordKey} for
 * compacted topics.
 */
final class DeadLetterSerializationSchema implements KafkaRecordSerializationSchema<DeadLetter> {
    static final String PREFIX = "__connect.errors.";

    /** Names the kind of failure, for which Connect has no header. */
    static final String CAUSE = "__streamrank.errors.cause";

    /** Holds the bytes of the whole value, only where it was cut. */
    static final String CUT = "__streamrank.errors.value.bytes";

    private static final int MAX_MESSAGE_CHARS = 2_000;
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterSerializationSchema.class);

    private final String topic;
    private final TopicMetadataProvider topics;
    private final RecordSizeLimit sizeLimit;

    DeadLetterSerializationSchema(KafkaConfig config) {
        this(config, new TopicMetadataCache(config));
    }

    DeadLetterSerializationSchema(KafkaConfig config, TopicMetadataProvider topics) {
        topic = config.deadLettersTopic();
        this.topics = topics;
        sizeLimit = RecordSizeLimit.of(ClientProperties.producer(config));
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            DeadLetter letter, KafkaSinkContext context, @Nullable Long timestamp) {
        RawRecord record = letter.record();
        List<Header> headers = Headers.of(record.headers());
        headers.addAll(reasons(letter));
        byte[] key = writtenKey(record, record.key());
        byte[] value = record.value();
        if (room(key, headers) >= (value == null ? 0 : value.length)) {
            return new ProducerRecord<>(topic, null, null, key, value, headers);
        }
        return cut(letter, key, headers);
    }

    private static List<Header> reasons(DeadLetter letter) {
        RawRecord record = letter.record();
        List<Header> reasons = new ArrayList<>();
        reasons.add(header(PREFIX + "topic", record.topic()));
        reasons.add(header(PREFIX + "partition", Integer.toString(record.partition())));
        reasons.add(header(PREFIX + "offset", Long.toString(record.offset())));
        reasons.add(header(PREFIX + "stage", letter.stage().wireName()));
        reasons.add(header(PREFIX + "exception.class.name", letter.exception()));
        reasons.add(header(PREFIX + "exception.message", shortened(letter.message())));
        reasons.add(header(CAUSE, letter.cause()));
        return reasons;
    }

    /** Cuts the value; leaves out the record's headers and key only where they alone are too large. */
    private ProducerRecord<byte[], byte[]> cut(DeadLetter letter, byte @Nullable [] whole, List<Header> headers) {
        RawRecord record = letter.record();
        byte[] value = record.value() == null ? new byte[0] : record.value();
        Header full = header(CUT, Integer.toString(value.length));
        headers.add(full);
        byte[] key = whole;
        if (room(key, headers) < 0) {
            headers = reasons(letter);
            headers.add(full);
        }
        if (room(key, headers) < 0) {
            key = writtenKey(record, null);
        }
        int kept = Math.min(value.length, Math.max(0, room(key, headers)));
        LOG.warn(
                "{} is larger than dead-letter topic {} takes, {} of its value's {} bytes are kept: raise the topic's max.message.bytes and the producer's max.request.size",
                record,
                topic,
                kept,
                value.length);
        return new ProducerRecord<>(topic, null, null, key, Arrays.copyOf(value, kept), headers);
    }

    private byte @Nullable [] writtenKey(RawRecord record, byte @Nullable [] key) {
        return RecordKey.of(key, topics.find(topic), record.topic(), record.partition(), record.offset());
    }

    private int room(byte @Nullable [] key, List<Header> headers) {
        return sizeLimit.roomForValue(topics.find(topic), key, headers);
    }

    private static Header header(String key, String value) {
        return new RecordHeader(key, value.getBytes(UTF_8));
    }

    private static String shortened(String message) {
        return message.length() > MAX_MESSAGE_CHARS ? message.substring(0, MAX_MESSAGE_CHARS) + '…' : message;
    }
}
