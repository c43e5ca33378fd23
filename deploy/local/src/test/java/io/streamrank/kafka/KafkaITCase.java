// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Stage;
import io.streamrank.event.TopicExtent;
import io.streamrank.local.cluster.EmbeddedKafka;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What only a broker can tell: topics, their limits, and where the last records are. */
@Timeout(120)
class KafkaITCase {
    private static EmbeddedKafka broker;
    private static Admin admin;
    private KafkaConfig config;

    @BeforeAll
    static void start() throws IOException {
        // As brokers are out of the box.
        broker = EmbeddedKafka.start(0, Map.of("message.max.bytes", "1048588"));
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @BeforeEach
    void startWithoutTopics() throws Exception {
        admin.deleteTopics(names()).all().get();
        await(Set.of());
        config = config(true);
    }

    @Test
    void createsWhatIsMissing() throws Exception {
        create("queries");

        new TopicCreator(config).createMissing();
        new TopicCreator(config).createMissing();

        assertThat(names()).containsExactlyInAnyOrder("documents", "queries", "ranked-results", "dead-letters");
        assertThat(setting("documents", "cleanup.policy")).isEqualTo("compact");
        assertThat(setting("dead-letters", "max.message.bytes")).isEqualTo("16777216");
        assertThat(new TopicMetadataCache(config).find("documents")).isEqualTo(new TopicMetadata(3, 1_048_588, true));
    }

    @Test
    void saysWhatIsMissingWhereItMustNotCreateIt() throws Exception {
        create("documents", "ranked-results", "dead-letters");

        assertThatThrownBy(() -> new TopicCreator(config(false)).createMissing())
                .isInstanceOf(TopicException.class)
                .hasMessage(
                        "missing on %1$s: queries; allow the job to create topics, or create them with: kafka-topics.sh --bootstrap-server %1$s --create --topic queries --partitions 3 --replication-factor 1",
                        broker.bootstrapServers());
    }

    @Test
    void advisesOnTopicsThatOthersCreated() throws Exception {
        create("documents", "queries", "ranked-results", "dead-letters");

        assertThat(TopicConfigWarnings.of(admin, config, 10_000))
                .containsExactly(
                        "topic documents has cleanup.policy=delete, so a job that starts without state misses documents older than its retention.ms: set cleanup.policy=compact",
                        "topic dead-letters takes records of 1048588 bytes but its inputs of 1048588, so the largest dead letters are cut: set its max.message.bytes to at least 1052684");
    }

    @Test
    void hasNothingToSayOfItsOwnTopics() throws Exception {
        new TopicCreator(config).createMissing();

        assertThat(TopicConfigWarnings.of(admin, config, 10_000)).isEmpty();
    }

    @Test
    void aTopicThatIsMissingIsNotFound() {
        assertThat(new TopicMetadataCache(config).find("replies.none")).isNull();
        assertThat(new TopicMetadataCache(config).find("\u0000 no name")).isNull();
    }

    @Test
    void findsTheLastRecordOfEachPartition() throws Exception {
        new TopicCreator(config).createMissing();
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            send(producer, 0, 1);
            send(producer, 1, 1_000);
        }

        TopicExtent documents = TopicExtentReader.ofDocuments(config);
        assertThat(documents.topic()).isEqualTo("documents");
        assertThat(documents.lastRecords()).isEqualTo(Map.of(0, 0L, 1, 999L));
        assertThat(documents.ends()).isEqualTo(Map.of(0, 1L, 1, 1_000L, 2, 0L));
    }

    @Test
    void looksPastTransactionMarkersAndAbortedRecords() throws Exception {
        new TopicCreator(config).createMissing();
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", "t"))) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, 0, 3);
            send(producer, 1, 5);
            producer.commitTransaction(); // a marker at offset 3, and one at 5
            for (int i = 0; i < 20; i++) {
                producer.beginTransaction();
                send(producer, 1, 30);
                send(producer, 2, 1);
                producer.abortTransaction();
            }
        }

        assertThat(TopicExtentReader.ofDocuments(config).lastRecords()).isEqualTo(Map.of(0, 2L, 1, 4L));
    }

    @Test
    void findsNothingWhereAllRecordsAreGone() throws Exception {
        new TopicCreator(config).createMissing();
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            send(producer, 0, 10);
        }
        alter("documents", "cleanup.policy", "delete"); // else records are not to be deleted
        admin.deleteRecords(Map.of(new TopicPartition("documents", 0), RecordsToDelete.beforeOffset(10)))
                .all()
                .get();

        TopicExtent documents = TopicExtentReader.ofDocuments(config);
        assertThat(documents.lastRecords()).isEmpty();
        assertThat(documents.ends()).containsEntry(0, 10L);
    }

    @Test
    void saysWhichTopicIsNotThereToRead() {
        TopicExtentReader offsets = new TopicExtentReader(ClientProperties.consumer(config), Duration.ofSeconds(1));

        assertThatThrownBy(() -> offsets.of("documents"))
                .isInstanceOf(TopicException.class)
                .hasMessage("topic documents does not exist");
    }

    @Test
    void theLargestRecordThatABrokerTakesBecomesADeadLetter() throws Exception {
        create("dead-letters");
        DeadLetterSerializationSchema narrow = new DeadLetterSerializationSchema(config);
        byte[] value = new byte[1_048_400];
        new Random(1).nextBytes(value); // nothing that compression could help with
        DeadLetter letter = new DeadLetter(
                new RawRecord("queries", 0, 0, 0, "k".getBytes(UTF_8), value, List.of()),
                Stage.DECODE_QUERIES,
                "c",
                "e",
                "m");

        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            producer.send(narrow.serialize(letter, null, null)).get();
            alter("dead-letters", "max.message.bytes", "2000000");
            DeadLetterSerializationSchema wide = new DeadLetterSerializationSchema(config);
            assertThat(wide.serialize(letter, null, null).value()).isEqualTo(value);
            producer.send(wide.serialize(letter, null, null)).get();
        }
    }

    private static void create(String... names) throws ExecutionException, InterruptedException {
        admin.createTopics(Stream.of(names)
                        .map(name -> new NewTopic(name, 1, (short) 1))
                        .toList())
                .all()
                .get();
        await(Set.of(names));
    }

    /** The controller answers before the broker knows. */
    private static void await(Set<String> expected) throws ExecutionException, InterruptedException {
        while (!names().equals(expected)) {
            Thread.onSpinWait();
        }
    }

    private static Set<String> names() throws ExecutionException, InterruptedException {
        return admin.listTopics().names().get();
    }

    private static void alter(String topic, String setting, String value)
            throws ExecutionException, InterruptedException {
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
    }

    private static String setting(String topic, String name) throws ExecutionException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource))
                .values()
                .get(resource)
                .get()
                .get(name)
                .value();
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, String> settings) {
        Properties properties = ClientProperties.producer(config);
        properties.putAll(settings);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, int partition, int records)
            throws ExecutionException, InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            sent.add(producer.send(new ProducerRecord<>("documents", partition, new byte[] {1}, new byte[] {2})));
        }
        for (Future<RecordMetadata> record : sent) {
            record.get();
        }
    }

    private static KafkaConfig config(boolean createTopics) {
        return Configs.with(broker.bootstrapServers(), createTopics, false, Map.of(), Map.of(), Map.of());
    }
}
