// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import java.util.Arrays;

/** Sums the scores of documents by their numbers, term after term, and remembers which have one. Not thread-safe. */
final class ScoreSums {
    private float[] sums = new float[0];
    private int[] touched = new int[0];
    private int count;

    /** Makes room for numbers below the given one. */
    void reserve(int numbers) {
        if (sums.length < numbers) {
            sums = new float[numbers + numbers / 4];
        }
    }

    /** Adds a part of a score, which is greater than 0. */
    void add(int number, float part) {
        if (sums[number] == 0) {
            if (count == touched.length) {
                touched = Arrays.copyOf(touched, Math.max(64, 2 * count));
            }
            touched[count++] = number;
        }
        sums[number] += part;
    }

    int count() {
        return count;
    }

    /** Returns the number of a document that has a score, in no order. */
    int number(int index) {
        return touched[index];
    }

    float sum(int number) {
        return sums[number];
    }

    void clear() {
        for (int i = 0; i < count; i++) {
            sums[touched[i]] = 0;
        }
        count = 0;
    }

    /** Returns the bytes held. */
    long bytes() {
        return 4L * sums.length + 4L * touched.length;
    }
}
