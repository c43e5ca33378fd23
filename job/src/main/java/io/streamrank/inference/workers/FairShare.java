// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

/**
 * Reserves an eighth of a resource for those whom others go before. Without it a corpus would never load while queries
 * come in. The unit is free: nanoseconds, tokens. Not thread-safe.
 *
 * <p>Others' use is credit. A turn is due once the credit is {@value #OTHERS} times what a turn takes. Example, with turns
 * of 10 ms: after 70 ms for others a turn is due. It reserves those 70 and takes 20 ms, so the account is 70 short, and the
 * next turns are expected to take 20 ms: one is due after 210 ms more.
 */
public final class FairShare {
    private static final int OTHERS = 7;

    /** What a turn takes, going by the last ones. */
    private long expected;
    /** What others have used, less what the turns were worth. */
    private long credit;

    /** @param expected what the first turn is thought to take, positive */
    public FairShare(long expected) {
        this.expected = expected;
    }

    /** Returns whether the next turn is theirs, before all others. */
    public boolean isDue() {
        return credit >= OTHERS * expected;
    }

    /** Adds what others used while they waited. */
    public void earn(long used) {
        credit += used;
    }

    /** Begins a turn that is due, and returns what it reserves, for {@link #settle}. */
    public long reserve() {
        long reserved = OTHERS * expected;
        credit -= reserved;
        return reserved;
    }

    /**
     * Ends a turn; what it used beyond the reservation, or short of it, counts towards the next.
     *
     * @param reserved 0 where nobody went before them: that turn is free, but the credit is lost
     */
    public void settle(long reserved, long used) {
        credit = reserved > 0 ? credit + reserved - OTHERS * used : Math.min(0, credit);
        expected = Math.max(1, Math.max(used, expected / 2));
    }
}
