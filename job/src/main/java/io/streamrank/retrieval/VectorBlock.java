// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.Arrays;

/** Room for {@value #LANES} vectors, laid out so that all are multiplied at the same time. Not thread-safe. */
final class VectorBlock {
    /** The vectors lie side by side: the first numbers of all of them, then the second, and so on. */
    static final int LANES = 128;
    /** The dimension is filled up with zeros to a multiple of this. */
    static final int ROWS = 8;

    /** {@code [rows, LANES]}, row-major; rows beyond the dimension are zero. */
    private final float[] values;

    VectorBlock(int dimension) {
        values = new float[Math.multiplyExact(rows(dimension), LANES)];
    }

    /** Bytes of a block. */
    static long bytes(int dimension) {
        return (long) rows(dimension) * LANES * Float.BYTES;
    }

    /** The vector with as many zeros behind it as {@link #dots} wants. */
    static float[] padded(float[] vector) {
        return Arrays.copyOf(vector, rows(vector.length));
    }

    private static int rows(int dimension) {
        return (dimension + ROWS - 1) / ROWS * ROWS;
    }

    void set(int lane, float[] vector) {
        for (int i = 0; i < vector.length; i++) {
            values[i * LANES + lane] = vector[i];
        }
    }

    void copy(int lane, VectorBlock source, int sourceLane) {
        for (int row = 0; row < values.length; row += LANES) {
            values[row + lane] = source.values[row + sourceLane];
        }
    }

    /**
     * The dot products of a query with all lanes. Each depends on the two vectors alone, bit for bit, not on the lane.
     *
     * @param query as {@link #padded} made it
     * @param dots {@code [LANES]}, overwritten
     */
    void dots(DotKernel kernel, float[] query, float[] dots) {
        kernel.dots(query, values, dots);
    }
}
