// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import java.security.SecureRandom;

/**
 * Identifies a text within this process, for a hundredth of what scoring it costs. It is a polynomial over the text's characters,
 * taken at two secret points modulo the prime 2<sup>61</sup> - 1.
 *
 * <p>Two texts of n characters agree at a point that was drawn at random with a probability of at most n / 2<sup>62</sup>, so at
 * both for two texts of 1,000 characters with less than 10<sup>-30</sup>. Nobody can make two such texts, as nobody sees the
 * points or a digest. So what was cached for one text is never taken for another's, nor for an older version's.
 */
public record Digest(long high, long low) {
    private static final long PRIME = (1L << 61) - 1;
    private static final long HIGH_POINT;
    private static final long LOW_POINT;

    static {
        SecureRandom random = new SecureRandom();
        HIGH_POINT = point(random);
        LOW_POINT = point(random);
    }

    private static long point(SecureRandom random) {
        return (random.nextLong() >>> 3) % (PRIME - 1) + 1;
    }

    public static Digest of(String text) {
        int length = text.length();
        long high = length + 1L;
        long low = length + 1L;
        for (int i = 0; i < length; i += 3) {
            long three = text.charAt(i);
            three |= i + 1 < length ? (long) text.charAt(i + 1) << 16 : 0;
            three |= i + 2 < length ? (long) text.charAt(i + 2) << 32 : 0;
            high = times(high, HIGH_POINT) + three;
            low = times(low, LOW_POINT) + three;
        }
        return new Digest(times(high, HIGH_POINT), times(low, LOW_POINT));
    }

    /**
     * Returns a product modulo the prime.
     *
     * @param sum below 2<sup>62</sup>
     */
    private static long times(long sum, long point) {
        long high = Math.multiplyHigh(sum, point);
        long low = sum * point;
        long folded = (low & PRIME) + (high << 3 | low >>> 61);
        folded = (folded & PRIME) + (folded >>> 61);
        return folded >= PRIME ? folded - PRIME : folded;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(low);
    }
}
