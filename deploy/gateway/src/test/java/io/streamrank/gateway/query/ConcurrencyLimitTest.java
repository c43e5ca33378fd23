// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.gateway.query.ConcurrencyLimit.Outcome;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
    private static final long SECOND = 1_000_000_000L;
    private final AtomicLong clock = new AtomicLong();
    private final ConcurrencyLimit limit = new ConcurrencyLimit(16, clock::get);

    @Test
    void admitsAsManyAsTheLimit() {
        for (int i = 0; i < 16; i++) {
            assertThat(limit.tryAcquire()).isTrue();
        }
        assertThat(limit.tryAcquire()).isFalse();

        limit.release(Outcome.OTHER);

        assertThat(limit.tryAcquire()).isTrue();
        assertThat(limit.inFlight()).isEqualTo(16);
    }

    @Test
    void halvesOnceASecondWhenTheJobIsOverloaded() {
        ends(Outcome.OVERLOADED);
        ends(Outcome.OVERLOADED);
        assertThat(limit.limit()).isEqualTo(8);

        clock.addAndGet(SECOND);
        ends(Outcome.OVERLOADED);

        assertThat(limit.limit()).isEqualTo(4);
    }

    @Test
    void keepsAFewPlacesToNoticeThatTheJobIsWellAgain() {
        for (int i = 0; i < 10; i++) {
            clock.addAndGet(SECOND);
            ends(Outcome.OVERLOADED);
        }
        assertThat(limit.limit()).isEqualTo(ConcurrencyLimit.LEAST);
    }

    @Test
    void growsByOneForEachLimitOfAnswersUpToTheMaximum() {
        ends(Outcome.OVERLOADED);
        for (int i = 0; i < 9; i++) {
            ends(Outcome.ANSWERED);
        }
        assertThat(limit.limit()).isEqualTo(9);

        for (int i = 0; i < 1_000; i++) {
            ends(Outcome.ANSWERED);
        }
        assertThat(limit.limit()).isEqualTo(16);
    }

    @Test
    void refusalsSayNothingOfTheJobsSpeed() {
        ends(Outcome.OTHER);

        assertThat(limit.limit()).isEqualTo(16);
        assertThat(limit.inFlight()).isZero();
    }

    @Test
    void aSmallMaximumIsKept() {
        ConcurrencyLimit one = new ConcurrencyLimit(1, clock::get);
        assertThat(one.tryAcquire()).isTrue();
        clock.addAndGet(SECOND);
        one.release(Outcome.OVERLOADED);

        assertThat(one.limit()).isEqualTo(1);
        assertThatThrownBy(() -> new ConcurrencyLimit(0, clock::get)).hasMessage("most must be at least 1: 0");
    }

    private void ends(Outcome outcome) {
        assertThat(limit.tryAcquire()).isTrue();
        limit.release(outcome);
    }
}
