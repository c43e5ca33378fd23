// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Query;
import io.streamrank.state.Candidates;
import io.streamrank.testing.TestEvents;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void allStepsTogetherHaveTheJobsLimit() {
        Query query = TestEvents.query("q");

        assertThat(leftOf(Deadlines.of(query, HOUR))).isBetween(Duration.ofMinutes(50), HOUR);
        assertThat(leftOf(Deadlines.of(after(query, Duration.ofMinutes(30), Duration.ofMinutes(20)), HOUR)))
                .isLessThanOrEqualTo(Duration.ofMinutes(10));
        assertThat(leftOf(Deadlines.of(after(query, HOUR, HOUR), HOUR))).isLessThanOrEqualTo(Duration.ZERO);
    }

    @Test
    void theQuerysOwnLimitCountsWhereItIsEarlier() {
        Query query = TestEvents.query("q", 5, null, Duration.ofMinutes(5).toMillis());

        assertThat(leftOf(Deadlines.of(query, HOUR))).isLessThanOrEqualTo(Duration.ofMinutes(5));
        assertThat(leftOf(Deadlines.of(after(query, Duration.ZERO, Duration.ofMinutes(59)), HOUR)))
                .isLessThanOrEqualTo(Duration.ofMinutes(1));
    }

    private static Candidates after(Query query, Duration embed, Duration retrieve) {
        return new Candidates(query, List.of(), null, embed.toMillis(), retrieve.toMillis());
    }

    private static Duration leftOf(long deadlineNanos) {
        return Duration.ofNanos(deadlineNanos - System.nanoTime());
    }
}
