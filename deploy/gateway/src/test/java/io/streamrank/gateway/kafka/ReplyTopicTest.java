// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.gateway.query.GatewayInputException;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplyTopicTest {
    @Test
    void aSetPartitionComesFirst() {
        assertThat(ReplyTopic.own(settings(7), "gateway-2", 12)).isEqualTo(7);
        assertThatThrownBy(() -> ReplyTopic.own(settings(12), "gateway-2", 12))
                .isInstanceOf(GatewayInputException.class)
                .hasMessage(
                        "the replies topic streamrank-replies has 12 partitions, so --partition must be in [0, 11] but is 12");
    }

    @Test
    void aReplicaOfAStatefulSetHasThePartitionOfItsOrdinal() {
        assertThat(ReplyTopic.own(settings(null), "gateway-2", 12)).isEqualTo(2);
        assertThat(ReplyTopic.own(settings(null), "gateway-14", 12)).isEqualTo(2);
    }

    @Test
    void anyOtherHostHasOneByItsName() {
        assertThat(ReplyTopic.own(settings(null), "laptop", 12)).isBetween(0, 11);
    }

    @Test
    void queriesAreSentAtOnceAndTheUsersPropertiesWin() {
        KafkaSettings settings = new KafkaSettings(
                "kafka:9092", Map.of("compression.type", "lz4"), "queries", "documents", "replies", null, 1);

        assertThat(GatewayClients.queries(settings))
                .containsEntry(ProducerConfig.LINGER_MS_CONFIG, "0")
                .containsEntry(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4")
                .containsEntry(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "kafka:9092");
        assertThat(GatewayClients.replies(settings)).containsEntry("isolation.level", "read_uncommitted");
        assertThat(settings.toString()).contains("compression.type").doesNotContain("lz4");
    }

    private static KafkaSettings settings(@Nullable Integer partition) {
        return new KafkaSettings("kafka:9092", Map.of(), "queries", "documents", "streamrank-replies", partition, 12);
    }
}
