// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.config.option.UnknownKeys;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnknownKeysTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    querry.top-n | did you mean query.top-n?
                    query.top_n | did you mean query.top-n?
                    kafka.groupId | did you mean kafka.group-id?
                    rerank.top-n | did you mean limits.top-n, query.top-n?
                    batching.max-delay | did you mean embed.max-delay, rerank.max-delay?
                    bootstrap-servers | did you mean kafka.bootstrap-servers?
                    kafka.security.protocol | settings of Kafka's clients go under kafka.properties., kafka.consumer. or kafka.producer.
                    execution.checkpointing.interval | settings of Flink go under flink., those of Kafka's clients under kafka.properties.
                    """)
    void unknownKeyComesWithWhatWasMeant(String key, String advice) {
        assertThat(JobOptions.unknownKeys().problems(List.of(key)))
                .containsExactly(key + " is not an option; " + advice);
    }

    @Test
    void sectionIsToldFromAnOption() {
        assertThat(JobOptions.unknownKeys().problems(List.of("models.reranker")))
                .containsExactly(
                        "models.reranker is a section, not an option; its options are models.reranker.activation,"
                                + " models.reranker.api-key, models.reranker.endpoint, models.reranker.file,"
                                + " models.reranker.max-in-flight, models.reranker.max-tokens,"
                                + " models.reranker.request-timeout, models.reranker.requests-per-minute, …");
    }

    @Test
    void longListsOfOptionsAreCut() {
        assertThat(JobOptions.unknownKeys().problems(List.of("limits")))
                .singleElement()
                .asString()
                .endsWith("limits.query-chars, …");
    }

    @Test
    void keysOfOthersAreNotJudged() {
        assertThat(JobOptions.unknownKeys().problems(List.of("flink.anything", "kafka.consumer.any.thing")))
                .isEmpty();
    }

    @Test
    void removedOptionSaysWhatToDoInstead() {
        UnknownKeys keys = new UnknownKeys(List.of("new"), List.of(), Map.of("old", "set new, in milliseconds"));

        assertThat(keys.problems(List.of("old", "new")))
                .containsExactly("old is no longer an option; set new, in milliseconds");
    }

    @Test
    void distanceCountsEdits() {
        assertThat(UnknownKeys.distance("", "abc")).isEqualTo(3);
        assertThat(UnknownKeys.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(UnknownKeys.distance("Same_key", "same-key")).isZero();
    }
}
