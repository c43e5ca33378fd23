// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.Header;
import io.streamrank.event.Origin;
import io.streamrank.event.RankedResult;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Stage;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import io.streamrank.local.cluster.EmbeddedKafka;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics whose brokers refuse records that others take; a sink that met that would fail again after each restart. */
@Timeout(120)
class RefusingTopicsITCase {
    private static final String INTERNAL = "__consumer_offsets";

    private static EmbeddedKafka broker;
    private static Admin admin;
    private static KafkaConfig config;

    @BeforeAll
    static void start() throws Exception {
        broker = EmbeddedKafka.start();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        config = Configs.replyingTo(broker.bootstrapServers(), "*");
        admin.createTopics(List.of(
                        topic("ranked-results", Map.of("cleanup.policy", "compact,delete")),
                        topic("dead-letters", Map.of("cleanup.policy", "compact")),
                        topic(INTERNAL, Map.of()))) // which a broker makes itself for the first group
                .all()
                .get();
        ListTopicsOptions all = new ListTopicsOptions().listInternal(true);
        while (!admin.listTopics(all).names().get().containsAll(Set.of("ranked-results", "dead-letters", INTERNAL))) {
            Thread.onSpinWait(); // the controller answers before the broker knows
        }
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @Test
    void compactedTopicsTakeWhatHasNoKeyAndAreAdvisedAgainst() throws Exception {
        new TopicCreator(config).createMissing();
        DeadLetter letter = new DeadLetter(query(List.of()), Stage.DECODE_QUERIES, "c", "e", "m");

        assertThat(TopicConfigWarnings.of(admin, config, 10_000))
                .filteredOn(advice -> advice.contains("compact"))
                .hasSize(2);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                ClientProperties.producer(config), new ByteArraySerializer(), new ByteArraySerializer())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("ranked-results", new byte[1]))
                            .get())
                    .hasRootCauseInstanceOf(InvalidRecordException.class);
            producer.send(new ResultSerializationSchema(config).serialize(answer(query(List.of())), null, null))
                    .get();
            producer.send(new DeadLetterSerializationSchema(config).serialize(letter, null, null))
                    .get();
        }
    }

    @Test
    void noAnswerGoesToATopicOfKafkasOwn() {
        RawRecord query = query(List.of(new Header("kafka_replyTopic", INTERNAL.getBytes(UTF_8))));

        assertThat(new ResultSerializationSchema(config)
                        .serialize(answer(query), null, null)
                        .topic())
                .isEqualTo("ranked-results");
        assertThat(new TopicMetadataCache(config).find(INTERNAL)).isNull();
    }

    private static NewTopic topic(String name, Map<String, String> settings) {
        return new NewTopic(name, 1, (short) 1).configs(settings);
    }

    private static RawRecord query(List<Header> headers) {
        return new RawRecord("queries", 0, 5, 0, null, new byte[] {1}, headers);
    }

    private static RankedResult answer(RawRecord query) {
        Origin origin =
                new Origin(query.topic(), query.partition(), query.offset(), 0, 0, query.key(), query.headers());
        return new RankedResult(origin, "q", "q", "m", List.of(), null, new Usage(0, 0, 0), new Timing(0, 0, 0, 0, 0));
    }
}
