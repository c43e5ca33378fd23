// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class TopicMetadataCacheTest {
    private static final TopicMetadata NARROW = new TopicMetadata(1, 1_000, false);
    private static final TopicMetadata WIDE = new TopicMetadata(2, 2_000, false);

    private Instant now = Instant.EPOCH;
    private TopicMetadata there = NARROW;
    private boolean answering = true;
    private int questions;
    private final TopicMetadataCache cache = new TopicMetadataCache(this::describe, new TestClock());

    @Test
    void remembersATopicForMinutes() {
        cache.find("a");
        there = WIDE;

        pass(TopicMetadataCache.KEEP_FOUND.minusMillis(1));
        assertThat(cache.find("a")).isEqualTo(NARROW);
        pass(Duration.ofMillis(1));
        assertThat(cache.find("a")).isEqualTo(WIDE);
    }

    @Test
    void remembersForSecondsThatATopicIsMissing() {
        there = null;
        cache.find("a");
        there = WIDE;

        pass(TopicMetadataCache.KEEP_MISSING.minusMillis(1));
        assertThat(cache.find("a")).isNull();
        pass(Duration.ofMillis(1));
        assertThat(cache.find("a")).isEqualTo(WIDE);
    }

    @Test
    void keepsWhatItKnewWhileNobodyAnswers() {
        cache.find("a");
        answering = false;
        pass(TopicMetadataCache.KEEP_FOUND);

        assertThat(cache.find("a")).isEqualTo(NARROW);
        assertThat(cache.find("b")).isNull();
    }

    @Test
    void forgetsTheOldestOfTooManyTopics() {
        for (int i = 0; i <= TopicMetadataCache.MAX_TOPICS; i++) {
            cache.find("topic-" + i);
        }
        questions = 0;

        cache.find("topic-1");
        assertThat(questions).isZero();
        cache.find("topic-0");
        assertThat(questions).isOne();
    }

    private TopicMetadata describe(String topic) throws TimeoutException {
        questions++;
        if (!answering) {
            throw new TimeoutException("no answer about " + topic);
        }
        return there;
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private final class TestClock extends Clock {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
