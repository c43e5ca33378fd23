// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.junit.jupiter.api.Test;

/** What brokers tell of topics, all of it or less. */
class TopicConfigWarningsTest {
    private static final KafkaConfig CONFIG = Configs.plain();

    @Test
    void hasNothingToSayOfWhatIsNotKnown() {
        TopicSettings odd = new TopicSettings(Map.of("max.message.bytes", "plenty"));

        assertThat(TopicConfigWarnings.of(Map.of(), CONFIG)).isEmpty();
        assertThat(TopicConfigWarnings.of(Map.of("documents", odd, "queries", odd, "dead-letters", odd), CONFIG))
                .isEmpty();
        assertThat(TopicConfigWarnings.of(Map.of("queries", largest("9"), "dead-letters", odd), CONFIG))
                .isEmpty();
        assertThat(TopicConfigWarnings.of(Map.of("dead-letters", largest("9")), CONFIG))
                .isEmpty();
    }

    @Test
    void advisesOnWhatIsKnownBesideWhatIsNot() {
        assertThat(TopicConfigWarnings.of(Map.of("queries", largest("9"), "dead-letters", largest("9")), CONFIG))
                .containsExactly("topic dead-letters takes records of 9 bytes but its inputs of 9, so the largest dead"
                        + " letters are cut: set its max.message.bytes to at least 4105");
    }

    @Test
    void advisesAgainstCompactingWhatTheJobWrites() {
        TopicSettings both = new TopicSettings(Map.of("cleanup.policy", "compact,delete"));

        assertThat(TopicConfigWarnings.of(Map.of("ranked-results", both), CONFIG))
                .containsExactly(
                        "topic ranked-results has cleanup.policy=compact,delete, so of several records with a key"
                                + " only the newest is kept, and one without a key gets its topic-partition-offset as its key:"
                                + " set cleanup.policy=delete");
        assertThat(TopicConfigWarnings.of(Map.of("dead-letters", both), CONFIG)).hasSize(1);
    }

    @Test
    void aTopicOfWhichLittleIsKnownCanBeWrittenTo() {
        ConfigEntry withoutValue = new ConfigEntry("cleanup.policy", null);

        assertThat(TopicDescriber.metadata(3, TopicSettings.of(new Config(List.of(withoutValue)))))
                .isEqualTo(new TopicMetadata(3, 1 << 20, false));
        assertThat(TopicDescriber.metadata(3, new TopicSettings(Map.of("max.message.bytes", "9 mb"))))
                .isEqualTo(new TopicMetadata(3, 1 << 20, false));
    }

    private static TopicSettings largest(String bytes) {
        return new TopicSettings(Map.of("max.message.bytes", bytes));
    }
}
