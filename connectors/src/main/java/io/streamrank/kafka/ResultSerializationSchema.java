// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import io.streamrank.codec.RankedResultCodec;
import io.streamrank.event.Origin;
import io.streamrank.event.RankedResult;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an answer with its query's key and headers, to the reply topic that the query asks for or the results topic. Where
 * the answer is too large for its topic, it leaves out documents, then hits. See {@link RecordKey} for compacted topics.
 */
final class ResultSerializationSchema implements KafkaRecordSerializationSchema<RankedResult> {
    private static final Logger LOG = LoggerFactory.getLogger(ResultSerializationSchema.class);
    private static final long WARNING_INTERVAL_NS = 10_000_000_000L;

    private final String resultsTopic;
    private final ReplyTopics replyTopics;
    private final TopicMetadataProvider topics;
    private final RecordSizeLimit sizeLimit;
    private final RankedResultCodec codec = new RankedResultCodec();
    private transient @Nullable Counter refused;
    private transient long lastWarningNs;

    private record Target(
            String topic,
            @Nullable Integer partition,
            @Nullable TopicMetadata metadata) {}

    ResultSerializationSchema(KafkaConfig config) {
        this(config, new TopicMetadataCache(config));
    }

    ResultSerializationSchema(KafkaConfig config, TopicMetadataProvider topics) {
        resultsTopic = config.resultsTopic();
        replyTopics = ReplyTopics.of(config);
        this.topics = topics;
        sizeLimit = RecordSizeLimit.of(ClientProperties.producer(config));
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sinkContext) {
        refused = context.getMetricGroup().addGroup("streamrank").counter("replyTopicsRefused");
        lastWarningNs = System.nanoTime() - WARNING_INTERVAL_NS;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            RankedResult result, KafkaSinkContext context, @Nullable Long timestamp) {
        Origin origin = result.origin();
        return record(result, target(origin), Headers.of(origin.headers()));
    }

    /** Falls back to the results topic where the reply topic's brokers would refuse even an answer without hits. */
    private ProducerRecord<byte[], byte[]> record(RankedResult result, Target target, List<Header> headers) {
        Origin origin = result.origin();
        byte[] key = RecordKey.of(origin.key(), target.metadata, origin.topic(), origin.partition(), origin.offset());
        int room = sizeLimit.roomForValue(target.metadata, key, headers);
        byte[] value = codec.encode(result, room);
        if (value.length > room && !target.topic.equals(resultsTopic)) {
            refuse(target.topic, origin);
            return record(result, resultsTarget(), headers);
        }
        return new ProducerRecord<>(target.topic, target.partition, null, key, value, headers);
    }

    private Target target(Origin origin) {
        String reply = ReplyTopics.topic(origin.headers());
        if (reply == null) {
            return resultsTarget();
        }
        TopicMetadata metadata = replyTopics.allows(reply) ? topics.find(reply) : null;
        if (metadata == null) {
            if (!reply.equals(resultsTopic)) {
                refuse(reply, origin);
            }
            return resultsTarget();
        }
        return new Target(reply, ReplyTopics.partition(origin.headers(), metadata.partitions()), metadata);
    }

    private Target resultsTarget() {
        return new Target(resultsTopic, null, topics.find(resultsTopic));
    }

    private void refuse(String reply, Origin origin) {
        if (refused != null) {
            refused.inc();
        }
        if (System.nanoTime() - lastWarningNs >= WARNING_INTERVAL_NS) {
            lastWarningNs = System.nanoTime();
            LOG.warn(
                    "the answer to {}-{}@{} goes to {}: its reply topic {} is not allowed, is missing, is not writable, or takes only smaller records",
                    origin.topic(),
                    origin.partition(),
                    origin.offset(),
                    resultsTopic,
                    Headers.printable(reply));
        }
    }
}
