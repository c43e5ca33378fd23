// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleFileTest {
    private static final Path EXAMPLE = Path.of("..", "deploy", "conf", "streamrank.yaml");

    @Test
    void exampleLoadsAndNamesWhatItSays() {
        JobConfig config = JobConfig.of(SettingsFile.read(EXAMPLE), Map.of("KAFKA_BOOTSTRAP_SERVERS", "broker:9092"));

        assertThat(config.kafka().bootstrapServers()).isEqualTo("broker:9092");
        assertThat(config.kafka().replyTopics()).containsExactly("streamrank-replies", "replies-*");
        assertThat(config.query().timeoutMs()).isEqualTo(10_000);
    }

    @Test
    void exampleNeedsNothingFromTheEnvironment() {
        assertThat(JobConfig.of(SettingsFile.read(EXAMPLE), Map.of()).kafka().bootstrapServers())
                .isEqualTo("localhost:9092");
    }

    @Test
    void whatItCommentsOutIsValidToo(@TempDir Path directory) throws Exception {
        String everything = Files.readString(EXAMPLE)
                .lines()
                .map(line -> line.replaceFirst("^  #(?=\\w|  )", "  "))
                .collect(Collectors.joining("\n"))
                .replace("64 hexadecimal digits", "0123456789abcdef".repeat(4));
        Map<String, String> settings = SettingsFile.read(Files.writeString(directory.resolve("all.yaml"), everything));

        assertThat(settings)
                .containsKeys(
                        "kafka.properties.sasl.jaas.config",
                        "kafka.consumer.max.poll.records",
                        "kafka.producer.compression.type",
                        "models.reranker.sha256");
        assertThat(JobConfig.of(settings, Map.of()).kafka().properties().get("sasl.jaas.config"))
                .endsWith("username=\"${env:KAFKA_USER}\" password=\"${env:KAFKA_PASSWORD}\";");
    }
}
