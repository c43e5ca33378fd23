// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Settings for tests; the records have no builders. */
final class Configs {
    private Configs() {}

    static KafkaConfig plain() {
        return with("localhost:9092", true, false, Map.of(), Map.of(), Map.of());
    }

    static KafkaConfig properties(
            Map<String, String> shared, Map<String, String> consumer, Map<String, String> producer) {
        return with("localhost:9092", true, false, shared, consumer, producer);
    }

    static KafkaConfig replyingTo(String servers, String pattern) {
        return with(servers, List.of(pattern), true, false, Map.of(), Map.of(), Map.of());
    }

    static KafkaConfig with(
            String servers,
            boolean createTopics,
            boolean exactlyOnce,
            Map<String, String> shared,
            Map<String, String> consumer,
            Map<String, String> producer) {
        List<String> replyTopics = List.of("replies.*", "answers", "doc*");
        return with(servers, replyTopics, createTopics, exactlyOnce, shared, consumer, producer);
    }

    private static KafkaConfig with(
            String servers,
            List<String> replyTopics,
            boolean createTopics,
            boolean exactlyOnce,
            Map<String, String> shared,
            Map<String, String> consumer,
            Map<String, String> producer) {
        return new KafkaConfig(
                servers,
                "group",
                "documents",
                "queries",
                "ranked-results",
                "dead-letters",
                replyTopics,
                KafkaConfig.StartAt.COMMITTED,
                createTopics,
                3,
                1,
                exactlyOnce,
                "streamrank",
                Duration.ofMinutes(10),
                shared,
                consumer,
                producer);
    }
}
