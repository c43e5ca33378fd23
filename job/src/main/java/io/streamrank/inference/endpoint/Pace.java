// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

/**
 * Decides when an endpoint may have its next request. Not thread-safe; time is a parameter, in nanoseconds.
 *
 * <p>How many requests are in flight follows the endpoint, as TCP follows a network (additive increase, multiplicative
 * decrease): each answer adds a fraction, so that a round of answers adds one, and a refusal halves it, once for all requests
 * that were under way. Example, with 8 allowed: after a 429 there are 4, after the next 2, and after two full rounds of answers
 * 4 again.
 *
 * <p>After a refusal nothing is sent until the time that the endpoint names. Where it names none the pause is half a second,
 * and twice the last for each refusal in a row, up to half a minute. The first fault in a row makes no pause, as it may be a
 * connection that was closed while it was idle. A second server error on the same request is not one more in the row.
 */
final class Pace {
    private static final long FIRST_PAUSE = 500_000_000L;
    private static final long LONGEST_PAUSE = 30_000_000_000L;
    /** An endpoint that names more than this is asked once an hour all the same. */
    private static final long LONGEST_WAIT = 3_600_000_000_000L;
    /** How much the newest request counts in the mean time of one. */
    private static final double WEIGHT = 0.2;

    private final SlidingWindow requests = new SlidingWindow();
    private final SlidingWindow tokens = new SlidingWindow();
    private EndpointLimits limits;
    private double limit;
    private int inFlight;
    private long pausedUntil;
    private long changedAt;
    private int refusals;
    private double meanNanos;

    Pace(EndpointLimits limits, long now) {
        this.limits = limits;
        this.limit = limits.maxInFlight();
        this.pausedUntil = now;
        this.changedAt = now - 1;
    }

    /** Takes the stricter of the limits that hold and those of one more user. */
    void tighten(EndpointLimits other) {
        limits = limits.strictest(other);
        limit = Math.min(limit, limits.maxInFlight());
    }

    /** Returns the nanoseconds until such a request may be sent; {@link Long#MAX_VALUE} where one has to end first. */
    long delay(long now, long estimatedTokens) {
        long wait = closedFor(now, estimatedTokens);
        return wait == 0 && inFlight >= (int) limit ? Long.MAX_VALUE : wait;
    }

    private long closedFor(long now, long estimatedTokens) {
        long window = Math.max(
                requests.delay(now, 1, limits.requestsPerMinute()),
                tokens.delay(now, estimatedTokens, limits.tokensPerMinute()));
        return Math.max(window, pausedFor(now));
    }

    /** Returns the nanoseconds that the endpoint still wants to be left alone for. */
    long pausedFor(long now) {
        return Math.max(0, pausedUntil - now);
    }

    /**
     * Returns the nanoseconds until such a request can be sent, going by how long the last ones took.
     *
     * @param before requests that go first
     */
    long expectedWait(long now, long estimatedTokens, int before) {
        int places = Math.max(1, (int) limit);
        int rounds = (before + inFlight) / places;
        return closedFor(now, estimatedTokens) + (long) (rounds * meanNanos);
    }

    /** Records that a request is sent. */
    void sent(long now, long estimatedTokens) {
        inFlight++;
        requests.add(now, 1);
        tokens.add(now, estimatedTokens);
    }

    /** Records that a request was given up; that says nothing of the endpoint. */
    void abandoned() {
        inFlight--;
    }

    /** Records an answer. */
    void answered(long now, long sentAt) {
        inFlight--;
        refusals = 0;
        limit = Math.min(limits.maxInFlight(), limit + 1 / limit);
        long took = now - sentAt;
        meanNanos = meanNanos == 0 ? took : meanNanos + WEIGHT * (took - meanNanos);
    }

    /** Replaces an estimate by what the endpoint counted. */
    void correct(long now, long difference) {
        tokens.add(now, difference);
    }

    /**
     * Records that the endpoint was busy, failed, or refused the key.
     *
     * @param named nanoseconds that the endpoint wants to be left alone for; 0 where it does not say
     * @param atOnce whether the next request may be sent at once if this is the first refusal in a row
     */
    void refused(long now, long sentAt, long named, boolean atOnce) {
        inFlight--;
        boolean first = sentAt - changedAt > 0; // others were under way when the last one was refused
        if (first) {
            changedAt = now;
            limit = Math.max(1, limit / 2);
            refusals++;
        }
        long pause = Math.min(named, LONGEST_WAIT);
        if (named == 0 && first) {
            int doublings = refusals - (atOnce ? 2 : 1);
            pause = doublings < 0 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(doublings, 10));
        }
        pause(now, pause);
    }

    /**
     * Records that the endpoint failed again on a request on which it had failed. That may be the request's fault, so it is not
     * one more refusal in a row, and the pause does not grow.
     *
     * @param named nanoseconds that the endpoint wants to be left alone for; 0 where it does not say
     * @param sentAgain whether the request is sent once more, so that a pause may help
     */
    void failedAgain(long now, long named, boolean sentAgain) {
        inFlight--;
        pause(now, named == 0 && sentAgain ? FIRST_PAUSE : Math.min(named, LONGEST_WAIT));
    }

    private void pause(long now, long nanos) {
        if (now + nanos - pausedUntil > 0) {
            pausedUntil = now + nanos;
        }
    }

    /** Returns how often in a row the endpoint refused; requests that were under way together count once. */
    int refusals() {
        return refusals;
    }

    int inFlight() {
        return inFlight;
    }

    /** Returns how many may be in flight now. */
    int limit() {
        return (int) limit;
    }
}
