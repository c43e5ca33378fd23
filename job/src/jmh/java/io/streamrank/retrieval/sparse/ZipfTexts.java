// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import java.util.Arrays;
import java.util.Random;

/**
 * Makes texts whose words are as frequent as in a language, by the law of Zipf and Mandelbrot: the word of rank r has a share of
 * 1 / (r + 2.7)^1.2, of a million words. The first has 5.7 %, and a hundred words are 76 different ones. A text has 20 to 180 words. A
 * query has four that are not among the fifty most frequent, as an analyzer drops those. Always the same.
 */
public final class ZipfTexts {
    private static final int WORDS = 1_000_000;
    private static final int STOP_WORDS = 50;
    private static final int QUERY_WORDS = 4;
    private static final int LEAST_LENGTH = 20;
    private static final int LENGTHS = 161;

    private final double[] upTo = new double[WORDS];
    private final Random random;

    public ZipfTexts(long seed) {
        random = new Random(seed);
        double sum = 0;
        for (int rank = 0; rank < WORDS; rank++) {
            sum += Math.pow(rank + 1 + 2.7, -1.2);
            upTo[rank] = sum;
        }
    }

    /** Returns a document's text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (int words = LEAST_LENGTH + random.nextInt(LENGTHS); words > 0; words--) {
            append(text, rank());
        }
        return text.toString();
    }

    /** Returns a query of words that documents have. */
    public String query() {
        StringBuilder text = new StringBuilder();
        for (int words = 0; words < QUERY_WORDS; ) {
            int rank = rank();
            if (rank >= STOP_WORDS) {
                append(text, rank);
                words++;
            }
        }
        return text.toString();
    }

    private int rank() {
        int at = Arrays.binarySearch(upTo, random.nextDouble() * upTo[WORDS - 1]);
        return Math.min(WORDS - 1, at < 0 ? -at - 1 : at);
    }

    /** Frequent words are short. */
    private static void append(StringBuilder text, int rank) {
        int rest = rank;
        do {
            text.append((char) ('a' + rest % 26));
            rest /= 26;
        } while (rest > 0);
        text.append(' ');
    }
}
