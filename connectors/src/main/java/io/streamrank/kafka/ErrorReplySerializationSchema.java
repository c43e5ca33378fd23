// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import io.streamrank.codec.ErrorReplyCodec;
import io.streamrank.event.DeadLetter;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Stage;
import java.util.List;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Writes why a query was refused to the reply topic that it asks for, so that nobody waits there for an answer. Of all other dead
 * letters it writes nothing. The record has the query's key and headers, as an answer has.
 */
final class ErrorReplySerializationSchema implements KafkaRecordSerializationSchema<DeadLetter> {
    private final ReplyTopics replyTopics;
    private final TopicMetadataProvider topics;
    private final RecordSizeLimit sizeLimit;

    ErrorReplySerializationSchema(KafkaConfig config) {
        this(config, new TopicMetadataCache(config));
    }

    ErrorReplySerializationSchema(KafkaConfig config, TopicMetadataProvider topics) {
        replyTopics = ReplyTopics.of(config);
        this.topics = topics;
        sizeLimit = RecordSizeLimit.of(ClientProperties.producer(config));
    }

    /** Returns null, which the sink skips, unless the letter is a query that asks for a reply topic that can take the error. */
    @Override
    public @Nullable ProducerRecord<byte[], byte[]> serialize(
            DeadLetter letter, KafkaSinkContext context, @Nullable Long timestamp) {
        RawRecord record = letter.record();
        String topic = letter.stage() == Stage.DECODE_QUERIES ? ReplyTopics.topic(record.headers()) : null;
        TopicMetadata metadata = topic != null && replyTopics.allows(topic) ? topics.find(topic) : null;
        if (topic == null || metadata == null) {
            return null;
        }
        List<Header> headers = Headers.of(record.headers());
        byte[] key = RecordKey.of(record.key(), metadata, record.topic(), record.partition(), record.offset());
        byte[] value = ErrorReplyCodec.encode(letter);
        if (sizeLimit.roomForValue(metadata, key, headers) < value.length) {
            return null;
        }
        Integer partition = ReplyTopics.partition(record.headers(), metadata.partitions());
        return new ProducerRecord<>(topic, partition, null, key, value, headers);
    }
}
