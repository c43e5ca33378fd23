// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.workers;

/**
 * What is kept for those whom others may go before: a turn once the others have spent {@value #OTHERS} times as much as it
 * will take, so an eighth of all that is spent, in whatever unit, while both wait. What a turn took more or less than
 * expected is made up for later. Not thread-safe.
 */
public final class FairShare {
    private static final int OTHERS = 7;

    /** What a turn takes, going by the last ones. */
    private long expected;
    /** What others have spent before them, less what their turns were worth. */
    private long credit;

    /** @param expected what the first turn is thought to take, positive */
    public FairShare(long expected) {
        this.expected = expected;
    }

    /** Whether it is their turn before all others. */
    public boolean isDue() {
        return credit >= OTHERS * expected;
    }

    /** They waited while others spent so much. */
    public void passedOver(long spent) {
        credit += spent;
    }

    /** Their due turn begins: returns its price, to be handed to {@link #over}. */
    public long begin() {
        long price = OTHERS * expected;
        credit -= price;
        return price;
    }

    /**
     * They had a turn.
     *
     * @param price 0 where it was theirs because nobody went before them: that is free, but then nothing is kept for them
     */
    public void over(long price, long spent) {
        credit = price > 0 ? credit + price - OTHERS * spent : Math.min(0, credit);
        expected = Math.max(1, Math.max(spent, expected / 2));
    }
}
