// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.RankedResult;
import io.streamrank.event.RawRecord;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** Builds the job's Kafka sources and sinks, of Flink's Kafka connector. */
public final class KafkaConnectors {
    private final KafkaConfig config;

    public KafkaConnectors(KafkaConfig config) {
        this.config = config;
    }

    /** Returns the source of queries, which starts where {@link KafkaConfig#queriesStart} says when there is no state. */
    @SuppressWarnings("deprecation") // the connector's own interface asks for Kafka's old enum
    public Source<RawRecord, ?, ?> queries() {
        OffsetsInitializer start =
                switch (config.queriesStart()) {
                    // Without a committed offset from the first: no query goes unanswered.
                    case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
                    case EARLIEST -> OffsetsInitializer.earliest();
                    case LATEST -> OffsetsInitializer.latest();
                };
        return source(config.queriesTopic(), start);
    }

    /** Returns the source of documents, which starts at the first when there is no state: the corpus is the whole topic. */
    public Source<RawRecord, ?, ?> documents() {
        return source(config.documentsTopic(), OffsetsInitializer.earliest());
    }

    /** Returns the sink of answers, which writes to the results topic or the query's reply topic. */
    public Sink<RankedResult> results() {
        return sink("results", new ResultSerializationSchema(config), guarantee(), ClientProperties.producer(config));
    }

    /** Returns the sink of dead letters. */
    public Sink<DeadLetter> deadLetters() {
        return sink(
                "dead-letters",
                new DeadLetterSerializationSchema(config),
                guarantee(),
                ClientProperties.deadLetterProducer(config));
    }

    /**
     * Returns the sink that tells the senders of refused queries, if they name a reply topic. It writes at once, not in
     * transactions, as they wait; after a restart they may be told twice. The dead letters are what counts.
     */
    public Sink<DeadLetter> errorReplies() {
        return sink(
                "error-replies",
                new ErrorReplySerializationSchema(config),
                DeliveryGuarantee.AT_LEAST_ONCE,
                ClientProperties.producer(config));
    }

    private DeliveryGuarantee guarantee() {
        return config.exactlyOnce() ? DeliveryGuarantee.EXACTLY_ONCE : DeliveryGuarantee.AT_LEAST_ONCE;
    }

    private KafkaSource<RawRecord> source(String topic, OffsetsInitializer start) {
        Properties properties = ClientProperties.consumer(config);
        return KafkaSource.<RawRecord>builder()
                .setProperties(properties)
                .setTopics(topic)
                .setGroupId(config.groupId())
                .setClientIdPrefix(config.groupId() + '-' + topic)
                .setStartingOffsets(start)
                .setDeserializer(new RawRecordDeserializationSchema())
                .build();
    }

    private <T> KafkaSink<T> sink(
            String name, KafkaRecordSerializationSchema<T> schema, DeliveryGuarantee guarantee, Properties producer) {
        return KafkaSink.<T>builder()
                .setKafkaProducerConfig(producer)
                .setDeliveryGuarantee(guarantee)
                .setTransactionalIdPrefix(config.transactionalIdPrefix() + '-' + name)
                .setRecordSerializer(schema)
                .build();
    }
}
