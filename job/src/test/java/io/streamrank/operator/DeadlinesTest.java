// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import io.streamrank.event.Reply;
import io.streamrank.state.Candidates;
import io.streamrank.testing.TestEvents;
import java.time.Duration;
import java.util.List;
import org.apache.flink.util.clock.ManualClock;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualClock clock = new ManualClock(Duration.ofHours(9).toNanos());
    private final Deadlines deadlines = new Deadlines(Duration.ofHours(1), clock);

    @Test
    void aQueryWithoutALimitHasTheJobs() {
        assertThat(leftOf(deadlines.of(query(0)))).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void allStepsTogetherHaveTheJobsLimit() {
        assertThat(leftOf(deadlines.of(after(query(0), 30, 20)))).isEqualTo(MINUTE.multipliedBy(10));
    }

    @Test
    void nothingIsLeftWhereEarlierStepsTookLonger() {
        assertThat(leftOf(deadlines.of(after(query(0), 60, 60)))).isEqualTo(Duration.ZERO);
    }

    @Test
    void theTimeBetweenTheStepsDoesNotCount() {
        Query query = query(0);
        clock.advanceTime(Duration.ofDays(3));

        assertThat(leftOf(deadlines.of(after(query, 30, 20)))).isEqualTo(MINUTE.multipliedBy(10));
    }

    @Test
    void theQuerysOwnLimitCountsFromItsRecordsTimestamp() {
        Query query = query(5);
        clock.advanceTime(MINUTE.multipliedBy(2));

        assertThat(leftOf(deadlines.of(query))).isEqualTo(MINUTE.multipliedBy(3));
        assertThat(leftOf(deadlines.of(after(query, 1, 1)))).isEqualTo(MINUTE.multipliedBy(3));
    }

    @Test
    void theJobsLimitCountsWhereItIsEarlierThanTheQuerys() {
        assertThat(leftOf(deadlines.of(after(query(5), 0, 59)))).isEqualTo(MINUTE);
    }

    @Test
    void aReplyHasTheJobsLimitForRepliesFromNowAndEndsWithTheQuery() {
        Query query = query(5);
        clock.advanceTime(MINUTE.multipliedBy(2));
        Deadlines replies = new Deadlines(MINUTE.multipliedBy(4), clock);

        assertThat(leftOf(replies.of(query.origin(), reply(0)))).isEqualTo(MINUTE.multipliedBy(4));
        assertThat(leftOf(replies.of(query.origin(), reply(5)))).isEqualTo(MINUTE.multipliedBy(3));
        assertThat(leftOf(replies.of(query.origin(), reply(9)))).isEqualTo(MINUTE.multipliedBy(4));
        assertThat(leftOf(replies.of(query.origin(), reply(1)))).isEqualTo(Duration.ZERO);
    }

    private static Reply.Order reply(int timeoutMinutes) {
        return new Reply.Order(
                new Reply.Request(null, 0, 0),
                List.of(new Reply.Source("d", "text")),
                0,
                MINUTE.multipliedBy(timeoutMinutes).toMillis());
    }

    private Query query(int timeoutMinutes) {
        return TestEvents.query(
                "q", 5, null, MINUTE.multipliedBy(timeoutMinutes).toMillis(), clock.absoluteTimeMillis());
    }

    private static Candidates after(Query query, int embedMinutes, int retrieveMinutes) {
        return new Candidates(
                query,
                List.of(),
                null,
                MINUTE.multipliedBy(embedMinutes).toMillis(),
                MINUTE.multipliedBy(retrieveMinutes).toMillis(),
                Remarks.NONE);
    }

    private Duration leftOf(long deadlineNanos) {
        return Duration.ofNanos(deadlineNanos - clock.relativeTimeNanos());
    }
}
