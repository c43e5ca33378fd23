// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Header;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplyTopicsTest {
    private final ReplyTopics topics = ReplyTopics.of(Configs.plain());

    @Test
    void allowsExactNamesAndPrefixes() {
        assertThat(List.of("replies.a", "replies.", "answers", "docs", "ranked-results"))
                .allMatch(topics::allows);
        assertThat(List.of("replies", "answers2", "other", "")).noneMatch(topics::allows);
    }

    @Test
    void neverAllowsATopicThatTheJobReads() {
        assertThat(topics.allows("documents")).isFalse();
    }

    @Test
    void neverAllowsTheDeadLettersOrATopicOfKafkasOwn() {
        ReplyTopics all = new ReplyTopics(List.of("*"), topics.taken());

        assertThat(List.of("answers", "_schemas", "ranked-results")).allMatch(all::allows);
        assertThat(List.of("queries", "dead-letters", "__consumer_offsets", "__transaction_state"))
                .noneMatch(all::allows);
    }

    @Test
    void takesTheLastHeaderOfTheName() {
        assertThat(ReplyTopics.topic(List.of(header("a"), new Header("x", null), header("b"))))
                .isEqualTo("b");
        assertThat(ReplyTopics.topic(List.of(new Header(ReplyTopics.TOPIC_HEADER, null))))
                .isNull();
        assertThat(ReplyTopics.topic(List.of())).isNull();
    }

    @Test
    void takesAPartitionThatTheTopicHas() {
        assertThat(ReplyTopics.partition(List.of(partition(0, 0, 0, 2)), 3)).isEqualTo(2);
        assertThat(ReplyTopics.partition(List.of(partition(0, 0, 0, 3)), 3)).isNull();
        assertThat(ReplyTopics.partition(List.of(partition(-1, -1, -1, -1)), 3)).isNull();
        assertThat(ReplyTopics.partition(List.of(partition(2)), 3)).isNull();
        assertThat(ReplyTopics.partition(List.of(), 3)).isNull();
    }

    private static Header header(String topic) {
        return new Header(ReplyTopics.TOPIC_HEADER, topic.getBytes(UTF_8));
    }

    private static Header partition(int... bytes) {
        byte[] value = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            value[i] = (byte) bytes[i];
        }
        return new Header(ReplyTopics.PARTITION_HEADER, value);
    }
}
