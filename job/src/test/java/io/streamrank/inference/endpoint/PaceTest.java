// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void noMinuteHasMoreThanItsLimitWhereverItBegins() {
        Random random = new Random(3);
        SlidingWindow window = new SlidingWindow();
        long[] used = new long[10 * 60 * 20];
        for (int tick = 0; tick < used.length; tick++) {
            long now = tick * SECOND / 20;
            long amount = 1L + random.nextInt(5);
            if (window.delay(now, amount, 40) == 0) {
                window.add(now, amount);
                used[tick] = amount;
            }
        }
        long sum = 0;
        long most = 0;
        for (int tick = 0; tick < used.length; tick++) {
            sum += used[tick] - (tick >= 1_200 ? used[tick - 1_200] : 0);
            most = Math.max(most, sum);
        }
        assertThat(most).isBetween(36L, 40L);
    }

    @Test
    void theDelayIsWhenTheWindowHasRoomAgain() {
        SlidingWindow window = new SlidingWindow();
        for (int i = 0; i < 10; i++) {
            window.add(i * SECOND, 1);
        }
        long now = 20 * SECOND;
        long delay = window.delay(now, 1, 10);
        assertThat(window.delay(now, 1, 0)).isZero();
        assertThat(window.delay(now + delay - SECOND, 1, 10)).isPositive();
        assertThat(window.delay(now + delay, 1, 10)).isZero();
    }

    @Test
    void whatIsMoreThanTheLimitByItselfWaitsForAnEmptyMinuteOnly() {
        SlidingWindow window = new SlidingWindow();
        assertThat(window.delay(0, 50, 10)).isZero();
        window.add(0, 1);
        long delay = window.delay(0, 50, 10);
        assertThat(delay).isPositive();
        assertThat(window.delay(delay, 50, 10)).isZero();
    }

    @Test
    void anEstimateThatWasTooHighIsGivenBack() {
        SlidingWindow window = new SlidingWindow();
        window.add(0, 10);
        assertThat(window.delay(0, 1, 10)).isPositive();
        window.add(SECOND, -4);
        assertThat(window.delay(SECOND, 4, 10)).isZero();
        assertThat(window.delay(SECOND, 5, 10)).isPositive();
    }

    @Test
    void aRefusalHalvesTheRequestsInFlightOnceForAllThatWereUnderWay() {
        Pace pace = new Pace(new EndpointLimits(0, 0, 8), 0);
        for (int i = 0; i < 8; i++) {
            assertThat(pace.delay(0, 1)).isZero();
            pace.sent(0, 1);
        }
        assertThat(pace.delay(0, 1)).isEqualTo(Long.MAX_VALUE);
        pace.refused(1, 0, 10, false);
        pace.refused(2, 0, 10, false);
        pace.refused(3, 0, 10, false);
        assertThat(pace.limit()).isEqualTo(4);
        assertThat(pace.inFlight()).isEqualTo(5);
        pace.sent(20, 1);
        pace.refused(30, 20, 10, false);
        assertThat(pace.limit()).isEqualTo(2);
    }

    @Test
    void aRoundOfAnswersAddsOneUpToTheLimit() {
        Pace pace = new Pace(new EndpointLimits(0, 0, 3), 0);
        pace.sent(0, 1);
        pace.refused(1, 0, 1, false);
        assertThat(pace.limit()).isEqualTo(1);
        for (int i = 2; i < 40; i++) {
            pace.sent(i, 1);
            pace.answered(i, i);
        }
        assertThat(pace.limit()).isEqualTo(3);
    }

    @Test
    void theEndpointIsLeftAloneAsLongAsItSays() {
        Pace pace = new Pace(new EndpointLimits(0, 0, 8), 0);
        pace.sent(0, 1);
        pace.sent(0, 1);
        pace.refused(SECOND, 0, 7 * SECOND, false);
        pace.refused(SECOND, 0, 2 * SECOND, false);
        assertThat(pace.delay(SECOND, 1)).isEqualTo(7 * SECOND);
        assertThat(pace.delay(8 * SECOND, 1)).isZero();
    }

    @Test
    void pausesDoubleUpToHalfAMinuteAndEndWithAnAnswer() {
        Pace pace = new Pace(new EndpointLimits(0, 0, 8), 0);
        long now = 0;
        for (double expected : new double[] {0.5, 1, 2, 4, 8, 16, 30, 30, 30}) {
            pace.sent(now, 1);
            pace.refused(now + 1, now, 0, false);
            assertThat(pace.pausedFor(now + 1)).isEqualTo((long) (expected * SECOND));
            now += 60 * SECOND;
        }
        pace.sent(now, 1);
        pace.answered(now + 1, now);
        pace.sent(now + 2, 1);
        pace.refused(now + 3, now + 2, 0, true);
        assertThat(pace.pausedFor(now + 3)).isZero();
    }

    @Test
    void aRequestThatFailsAgainMakesAPauseButIsNoRefusalMore() {
        Pace pace = new Pace(new EndpointLimits(0, 0, 8), 0);
        pace.sent(0, 1);
        pace.refused(1, 0, 0, true);
        assertThat(pace.pausedFor(1)).isZero();
        pace.sent(2, 1);
        pace.failedAgain(3, 0, true);
        assertThat(pace.pausedFor(3)).isEqualTo(SECOND / 2);
        pace.sent(SECOND, 1);
        pace.failedAgain(SECOND, 0, false);
        assertThat(pace.pausedFor(SECOND)).isZero();
        pace.sent(SECOND, 1);
        pace.failedAgain(SECOND, 7 * SECOND, false);
        assertThat(pace.pausedFor(SECOND)).isEqualTo(7 * SECOND);
        assertThat(pace.refusals()).isEqualTo(1);
        assertThat(pace.limit()).isEqualTo(4);
        assertThat(pace.inFlight()).isZero();
    }

    @Test
    void theExpectedWaitCountsRoundsOfTheRequestsBefore() {
        Pace pace = new Pace(new EndpointLimits(0, 0, 2), 0);
        pace.sent(0, 1);
        pace.answered(SECOND, 0);
        assertThat(pace.expectedWait(SECOND, 1, 0)).isZero();
        pace.sent(SECOND, 1);
        pace.sent(SECOND, 1);
        assertThat(pace.expectedWait(SECOND, 1, 0)).isEqualTo(SECOND);
        assertThat(pace.expectedWait(SECOND, 1, 3)).isEqualTo(2 * SECOND);
    }

    @Test
    void theStrictestLimitOfTwoUsersHolds() {
        assertThat(new EndpointLimits(0, 5, 8).strictest(new EndpointLimits(7, 9, 3)))
                .isEqualTo(new EndpointLimits(7, 5, 3));
    }
}
