// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import static io.streamrank.retrieval.VectorBlock.WIDTH;

import java.util.Arrays;

/** Multiplies a query with the coarse numbers of all vectors of a {@link VectorBlock}, exactly. Not thread-safe. */
final class CoarseKernel {
    /*
     * A word has the numbers of four vectors, a byte each, and is multiplied as two pairs, 16 bits apart: one multiplication of
     * words is two of numbers. Numbers are from 1 to 127 and the query's from -63 to 63, so that four products fit 16 bits with
     * their sign. HotSpot compiles these loops to vector instructions only where all that they touch is in one array, at
     * constant distances, and the loop is not too long: hence the copy of four rows into the buffer, and two loops.
     * FlatIndexBenchmark measures it.
     */
    /** The dimension is filled up with zeros to a multiple of this. */
    static final int ROWS = 4;

    private static final int PAIR = 0x00FF00FF;
    private static final int HALF = 1 << 15;
    private static final int SUMS = ROWS * WIDTH;

    private final int[] buffer = new int[2 * ROWS * WIDTH];

    /**
     * Computes the products of a query with the vectors of a block that has {@link VectorBlock#LANES} of them.
     *
     * @param query its length divides by {@link #ROWS}
     * @param words {@code [query.length, WIDTH]}, row-major
     * @return the kernel's own array, with the products from {@link #first} on, in the order of lanes
     */
    int[] products(int[] query, int[] words) {
        Arrays.fill(buffer, SUMS, buffer.length, 0);
        for (int i = 0; i < query.length; i += ROWS) {
            System.arraycopy(words, i * WIDTH, buffer, 0, ROWS * WIDTH);
            addEven(buffer, query[i], query[i + 1], query[i + 2], query[i + 3]);
            addOdd(buffer, query[i], query[i + 1], query[i + 2], query[i + 3]);
        }
        return buffer;
    }

    /**
     * Computes the same of a block with fewer lanes, more slowly.
     *
     * @param words {@code [query.length, width]}, row-major
     */
    int[] productsOfFew(int[] query, int[] words, int width) {
        Arrays.fill(buffer, SUMS, buffer.length, 0);
        for (int i = 0; i < query.length; i++) {
            int number = query[i];
            for (int j = 0; j < width; j++) {
                int word = words[i * width + j];
                buffer[SUMS + j] += number * (word & 0xFF);
                buffer[SUMS + j + width] += number * (word >>> 8 & 0xFF);
                buffer[SUMS + j + 2 * width] += number * (word >>> 16 & 0xFF);
                buffer[SUMS + j + 3 * width] += number * (word >>> 24);
            }
        }
        return buffer;
    }

    /** Returns where in the array the product with lane 0 is. */
    static int first() {
        return SUMS;
    }

    /** Adds what four rows give for the first and the third vector of each word. */
    private static void addEven(int[] b, int q0, int q1, int q2, int q3) {
        for (int j = 0; j < WIDTH; j++) {
            int pair = q0 * (b[j] & PAIR)
                    + q1 * (b[j + WIDTH] & PAIR)
                    + q2 * (b[j + 2 * WIDTH] & PAIR)
                    + q3 * (b[j + 3 * WIDTH] & PAIR);
            b[j + SUMS] += (pair << 16) >> 16;
            b[j + SUMS + 2 * WIDTH] += (pair + HALF) >> 16; // less what the lower product borrowed
        }
    }

    /** Adds what four rows give for the second and the fourth vector of each word. */
    private static void addOdd(int[] b, int q0, int q1, int q2, int q3) {
        for (int j = 0; j < WIDTH; j++) {
            int pair = q0 * ((b[j] >>> 8) & PAIR)
                    + q1 * ((b[j + WIDTH] >>> 8) & PAIR)
                    + q2 * ((b[j + 2 * WIDTH] >>> 8) & PAIR)
                    + q3 * ((b[j + 3 * WIDTH] >>> 8) & PAIR);
            b[j + SUMS + WIDTH] += (pair << 16) >> 16;
            b[j + SUMS + 3 * WIDTH] += (pair + HALF) >> 16;
        }
    }
}
