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

/** An answer with its query's key and headers, to the topic that the query asks for or the results topic. */
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
        Target target = target(origin);
        List<Header> headers = Headers.of(origin.headers());
        byte[] value = codec.encode(result, size.roomForValue(target.facts, origin.key(), headers));
        return new ProducerRecord<>(target.topic, target.partition, null, origin.key(), value, headers);
    }

    private Target target(Origin origin) {
        String reply = ReplyTopics.topic(origin.headers());
        if (reply == null || reply.equals(resultsTopic)) {
            return new Target(resultsTopic, null, lookup.find(resultsTopic));
        }
        TopicFacts facts = replyTopics.allows(reply) ? lookup.find(reply) : null;
        if (facts == null) {
            refuse(reply, origin);
            return new Target(resultsTopic, null, lookup.find(resultsTopic));
        }
        return new Target(reply, ReplyTopics.partition(origin.headers(), facts.partitions()), facts);
    }

    private void refuse(String reply, Origin origin) {
        if (refused != null) {
            refused.inc();
        }
        if (System.nanoTime() - loggedNs >= QUIET_NS) {
            loggedNs = System.nanoTime();
            LOG.warn(
                    "the answer to {}-{}@{} goes to {}: its reply topic {} is not allowed, missing or not writable",
                    origin.topic(),
                    origin.partition(),
                    origin.offset(),
                    resultsTopic,
                    Headers.printable(reply));
        }
    }
}
