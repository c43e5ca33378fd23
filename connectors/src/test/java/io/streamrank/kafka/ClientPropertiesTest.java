// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientPropertiesTest {
    private static final String SECRET = "correct-horse-battery-staple";

    @TempDir
    private Path directory;

    private String jaas;

    @BeforeEach
    void writeSecret() throws IOException {
        Path file = Files.writeString(directory.resolve("kafka.properties"), "password=" + SECRET + "\n");
        jaas = "org.example.Module required username=\"u\" password=\"${file:" + file + ":password}\";";
    }

    @Test
    void theMoreSpecificSettingWins() {
        KafkaConfig config = Configs.properties(
                Map.of("client.id", "all", "linger.ms", "1", "bootstrap.servers", "elsewhere:1"),
                Map.of("client.id", "in"),
                Map.of("linger.ms", "2", "acks", "1"));

        assertThat(ClientProperties.consumer(config))
                .containsEntry("client.id", "in")
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("bootstrap.servers", "localhost:9092");
        assertThat(ClientProperties.producer(config))
                .containsEntry("client.id", "all")
                .containsEntry("linger.ms", "2")
                .containsEntry("acks", "1")
                .containsEntry("compression.type", "lz4")
                .doesNotContainKey("transaction.timeout.ms");
    }

    @Test
    void answersAreSentAtOnceAndDeadLettersInBatchesUnlessTheUserSaysOtherwise() {
        assertThat(ClientProperties.producer(Configs.plain())).containsEntry("linger.ms", "0");
        assertThat(ClientProperties.deadLetterProducer(Configs.plain())).containsEntry("linger.ms", "5");
        KafkaConfig config = Configs.properties(Map.of(), Map.of(), Map.of("linger.ms", "7"));
        assertThat(ClientProperties.producer(config)).containsEntry("linger.ms", "7");
        assertThat(ClientProperties.deadLetterProducer(config)).containsEntry("linger.ms", "7");
    }

    @Test
    void exactlyOnceSetsTheTransactionTimeout() {
        KafkaConfig config = Configs.with("b:1", true, true, Map.of(), Map.of(), Map.of());

        assertThat(ClientProperties.producer(config)).containsEntry("transaction.timeout.ms", "600000");
        assertThat(ClientProperties.deadLetterProducer(config)).containsEntry("transaction.timeout.ms", "600000");
    }

    @Test
    void namesTheProvidersThatValuesReferTo() {
        KafkaConfig config = Configs.properties(
                Map.of("ssl.key.password", "${env:KEY}", "a", "${dir:/run:b}"), Map.of("b", "${own:c}"), Map.of());

        assertThat(ClientProperties.admin(config)
                        .getProperty("config.providers")
                        .split(","))
                .containsExactlyInAnyOrder("env", "dir");
        assertThat(ClientProperties.consumer(config))
                .containsEntry(
                        "config.providers.env.class", "org.apache.kafka.common.config.provider.EnvVarConfigProvider")
                .doesNotContainKey("config.providers.own.class");
        assertThat(ClientProperties.consumer(Configs.plain())).doesNotContainKey("config.providers");
    }

    @Test
    void keepsTheProvidersOfTheUser() {
        KafkaConfig config = Configs.properties(
                Map.of(
                        "config.providers", "file, vault",
                        "config.providers.file.class", "org.example.Other",
                        "a", "${file:/x:y} ${env:Z}"),
                Map.of(),
                Map.of());

        assertThat(ClientProperties.admin(config))
                .containsEntry("config.providers", "file,vault,env")
                .containsEntry("config.providers.file.class", "org.example.Other");
    }

    @Test
    void theClientItselfResolvesASecret() {
        KafkaConfig config = Configs.properties(Map.of(SaslConfigs.SASL_JAAS_CONFIG, jaas), Map.of(), Map.of());
        Properties consumer = ClientProperties.consumer(config);
        consumer.put("key.deserializer", ByteArrayDeserializer.class);
        consumer.put("value.deserializer", ByteArrayDeserializer.class);
        Properties producer = ClientProperties.producer(config);
        producer.put("key.serializer", ByteArraySerializer.class);
        producer.put("value.serializer", ByteArraySerializer.class);

        List<Password> resolved = List.of(
                new ConsumerConfig(consumer).getPassword(SaslConfigs.SASL_JAAS_CONFIG),
                new ProducerConfig(producer).getPassword(SaslConfigs.SASL_JAAS_CONFIG),
                new AdminClientConfig(ClientProperties.admin(config)).getPassword(SaslConfigs.SASL_JAAS_CONFIG));

        assertThat(resolved).allSatisfy(password -> assertThat(password.value()).contains(SECRET));
        assertThat(resolved)
                .allSatisfy(password -> assertThat(password.toString()).doesNotContain(SECRET));
    }

    @Test
    void noSecretIsPartOfTheJobGraph() throws IOException {
        KafkaConfig config = Configs.properties(Map.of(SaslConfigs.SASL_JAAS_CONFIG, jaas), Map.of(), Map.of());
        KafkaConnectors endpoints = new KafkaConnectors(config);

        for (Object end :
                List.of(endpoints.queries(), endpoints.documents(), endpoints.results(), endpoints.deadLetters())) {
            assertThat(serialized(end)).contains("${file:").doesNotContain(SECRET);
        }
    }

    @Test
    void settingsShowNamesAndNoValues() {
        KafkaConfig config =
                Configs.properties(Map.of("ssl.key.password", SECRET), Map.of("c", SECRET), Map.of("p", SECRET));

        assertThat(config.toString()).contains("ssl.key.password").doesNotContain(SECRET);
    }

    private static String serialized(Object object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toString(ISO_8859_1);
    }
}
