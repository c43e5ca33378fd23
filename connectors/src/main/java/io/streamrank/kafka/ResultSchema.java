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
 * An answer with its query's key and headers, to the topic that the query asks for or the results topic. In a compacted
 * topic, which takes no record without a key, the answer to a query without one has the query's place as its key.
 */
final class ResultSchema implements KafkaRecordSerializationSchema<RankedResult> {
    private static final Logger LOG = LoggerFactory.getLogger(ResultSchema.class);
    private static final long QUIET_NS = 10_000_000_000L;

    private final String resultsTopic;
    private final ReplyTopics replyTopics;
    private final TopicFinder lookup;
    private final RecordSize size;
    private final RankedResultCodec codec = new RankedResultCodec();
    private transient @Nullable Counter refused;
    private transient long loggedNs;

    private record Target(
            String topic,
            @Nullable Integer partition,
            @Nullable TopicFacts facts) {}

    ResultSchema(KafkaConfig config) {
        this(config, new TopicLookup(ClientProperties.admin(config)));
    }

    ResultSchema(KafkaConfig config, TopicFinder lookup) {
        resultsTopic = config.resultsTopic();
        replyTopics = ReplyTopics.of(config);
        this.lookup = lookup;
        size = RecordSize.of(ClientProperties.producer(config));
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sinkContext) {
        refused = context.getMetricGroup().addGroup("streamrank").counter("replyTopicsRefused");
        loggedNs = System.nanoTime() - QUIET_NS;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            RankedResult result, KafkaSinkContext context, @Nullable Long timestamp) {
        Origin origin = result.origin();
        return record(result, target(origin), Headers.of(origin.headers()));
    }

    /** A topic that is too narrow even for an answer without hits is not written to: its brokers would refuse it. */
    private ProducerRecord<byte[], byte[]> record(RankedResult result, Target target, List<Header> headers) {
        Origin origin = result.origin();
        byte[] key = RecordKey.of(origin.key(), target.facts, origin.topic(), origin.partition(), origin.offset());
        int room = size.roomForValue(target.facts, key, headers);
        byte[] value = codec.encode(result, room);
        if (value.length > room && !target.topic.equals(resultsTopic)) {
            refuse(target.topic, origin);
            return record(result, home(), headers);
        }
        return new ProducerRecord<>(target.topic, target.partition, null, key, value, headers);
    }

    private Target target(Origin origin) {
        String reply = ReplyTopics.topic(origin.headers());
        if (reply == null || reply.equals(resultsTopic)) {
            return home();
        }
        TopicFacts facts = replyTopics.allows(reply) ? lookup.find(reply) : null;
        if (facts == null) {
            refuse(reply, origin);
            return home();
        }
        return new Target(reply, ReplyTopics.partition(origin.headers(), facts.partitions()), facts);
    }

    private Target home() {
        return new Target(resultsTopic, null, lookup.find(resultsTopic));
    }

    private void refuse(String reply, Origin origin) {
        if (refused != null) {
            refused.inc();
        }
        if (System.nanoTime() - loggedNs >= QUIET_NS) {
            loggedNs = System.nanoTime();
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
