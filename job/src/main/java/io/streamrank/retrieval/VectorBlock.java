// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.Arrays;

/**
 * Stores up to {@value #LANES} vectors, laid out so that all are multiplied at the same time. It begins with one lane, as a
 * collection may hold one document and no more. Not thread-safe.
 */
final class VectorBlock {
    /** The vectors lie side by side: the first numbers of all of them, then the second, and so on. */
    static final int LANES = 128;
    /** The dimension is filled up with zeros to a multiple of this. */
    static final int ROWS = 8;

    private final int rows;
    private int lanes;
    /** {@code [rows, lanes]}, row-major; rows beyond the dimension are zero. */
    private float[] values;

    /**
     * Makes an empty block.
     *
     * @param lanes how many vectors there is room for, a power of two up to {@link #LANES}
     */
    VectorBlock(int dimension, int lanes) {
        this.rows = rows(dimension);
        this.lanes = lanes;
        this.values = new float[Math.multiplyExact(rows, lanes)];
    }

    int lanes() {
        return lanes;
    }

    /** Returns the bytes held. */
    long bytes() {
        return (long) values.length * Float.BYTES;
    }

    /** Returns the vector with as many zeros behind it as {@link #dots} needs. */
    static float[] padded(float[] vector) {
        return Arrays.copyOf(vector, rows(vector.length));
    }

    private static int rows(int dimension) {
        return (dimension + ROWS - 1) / ROWS * ROWS;
    }

    /** Changes the number of lanes; vectors in lanes beyond it are lost. */
    void resize(int newLanes) {
        float[] resized = new float[Math.multiplyExact(rows, newLanes)];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(values, row * lanes, resized, row * newLanes, Math.min(lanes, newLanes));
        }
        lanes = newLanes;
        values = resized;
    }

    void set(int lane, float[] vector) {
        for (int i = 0; i < vector.length; i++) {
            values[i * lanes + lane] = vector[i];
        }
    }

    void copy(int lane, VectorBlock source, int sourceLane) {
        for (int row = 0; row < rows; row++) {
            values[row * lanes + lane] = source.values[row * source.lanes + sourceLane];
        }
    }

    /**
     * Computes the dot products of a query with all lanes, of which there are {@link #LANES}. Each depends on the two vectors alone,
     * bit for bit, not on the lane.
     *
     * @param query as {@link #padded} made it
     * @param dots {@code [LANES]}, overwritten
     */
    void dots(DotKernel kernel, float[] query, float[] dots) {
        kernel.dots(query, values, dots);
    }

    /** Computes the same bits for one lane. */
    float dot(float[] query, int lane) {
        float dot = 0;
        for (int row = 0; row < query.length; row++) {
            dot += query[row] * values[row * lanes + lane];
        }
        return dot;
    }

    /** Computes the same bits for any number of lanes, more slowly: number by number, rounded after every step. */
    void dotsOfFew(float[] query, float[] dots) {
        Arrays.fill(dots, 0, lanes, 0);
        for (int row = 0; row < rows; row++) {
            float number = query[row];
            for (int lane = 0; lane < lanes; lane++) {
                dots[lane] += number * values[row * lanes + lane];
            }
        }
    }
}
