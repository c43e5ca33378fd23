// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class EmbeddedKafkaTest {
    @Test
    void startsAndStopsTwiceInOneProcess() throws Exception {
        for (int round = 0; round < 2; round++) {
            try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
                assertThat(roundTrip(kafka, "round " + round)).isEqualTo("round " + round);
            }
        }
    }

    @Test
    void listensOnTheWantedPortOnlyWhereItIsFree() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
                EmbeddedKafka kafka = EmbeddedKafka.start(taken.getLocalPort(), Map.of())) {
            assertThat(kafka.bootstrapServers()).isNotEqualTo("127.0.0.1:" + taken.getLocalPort());
        }
    }

    private static String roundTrip(EmbeddedKafka kafka, String message) throws Exception {
        Map<String, Object> client = Map.of(
                "bootstrap.servers", kafka.bootstrapServers(), "group.id", "test", "auto.offset.reset", "earliest");
        try (Admin admin = Admin.create(client)) {
            admin.createTopics(List.of(new NewTopic("greetings", 1, (short) 1)))
                    .all()
                    .get();
        }
        try (var producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("greetings", message)).get();
        }
        try (var consumer = new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("greetings"));
            while (true) {
                for (var received : consumer.poll(java.time.Duration.ofSeconds(1))) {
                    return received.value();
                }
            }
        }
    }
}
