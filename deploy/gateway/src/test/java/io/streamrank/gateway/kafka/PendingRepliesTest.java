// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PendingRepliesTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final UUID ID = new UUID(1, 2);
    private static final byte[] REPLY = {1};

    private final PendingReplies pending = new PendingReplies();

    @AfterEach
    void close() {
        pending.close();
    }

    @Test
    void theFirstReplyCountsAndNothingRemains() {
        CompletableFuture<byte[]> reply = pending.add(ID, LONG);

        assertThat(pending.complete(ID, REPLY)).isTrue();
        assertThat(pending.complete(ID, new byte[] {2})).isFalse();

        assertThat(reply).isCompletedWithValue(REPLY);
        assertThat(pending.size()).isZero();
    }

    @Test
    void nobodyWaitsForAnotherId() {
        pending.add(ID, LONG);

        assertThat(pending.complete(new UUID(3, 4), REPLY)).isFalse();
        assertThat(pending.size()).isEqualTo(1);
    }

    @Test
    void atTheDeadlineAWrittenQueryIsLateAndAnotherNeverReachedKafka() {
        CompletableFuture<byte[]> late = pending.add(ID, Duration.ofMillis(50));
        pending.written(ID);
        CompletableFuture<byte[]> lost = pending.add(new UUID(3, 4), Duration.ofMillis(1));

        assertThat(problem(late)).isEqualTo(Problem.TIMEOUT);
        assertThat(problem(lost)).isEqualTo(Problem.UNAVAILABLE);
        assertThat(pending.size()).isZero();
        assertThatThrownBy(late::join)
                .hasMessageContaining("no answer came within 50 ms: the job is busy or does not run");
    }

    @Test
    void whoStillWaitsIsToldThatTheGatewayCloses() {
        CompletableFuture<byte[]> reply = pending.add(ID, LONG);

        pending.close();

        assertThat(problem(reply)).isEqualTo(Problem.UNAVAILABLE);
    }

    private static Problem problem(CompletableFuture<byte[]> reply) {
        try {
            reply.join();
            throw new AssertionError("a reply came");
        } catch (CompletionException e) {
            RequestException refusal = RequestException.of(e);
            assertThat(refusal).isNotNull();
            return refusal.problem();
        }
    }
}
