// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.Arrays;

/** Room for {@value #LANES} vectors, laid out so that all are multiplied at the same time. Not thread-safe. */
final class VectorBlock {
    /*
     * The vectors lie side by side: the first numbers of all of them, then the second, and so on. The dot products then
     * grow number by number, in a loop that has no sum to keep in order, and HotSpot compiles that to vector
     * instructions; a sum over one vector it may not reorder, and so does not vectorise. It does so only where both
     * arrays are read from their beginning plus a constant: hence the copy of a few rows into a tile that stays in the
     * first-level cache, and the loops written out. FlatIndexBenchmark measures it.
     */
    static final int LANES = 128;
    /** Numbers of every vector that a tile holds. */
    private static final int ROWS = 8;

    /** {@code [rows, LANES]}; rows beyond the dimension, up to a full tile, are zero. */
    private final float[] values;

    /** What a sweep over blocks writes into: the dot products with one block's vectors, and the tile. */
    static final class Scratch {
        private final float[] dots = new float[LANES];
        private final float[] tile = new float[ROWS * LANES];

        float dot(int lane) {
            return dots[lane];
        }
    }

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
     */
    void dots(float[] query, Scratch scratch) {
        float[] tile = scratch.tile;
        float[] dots = scratch.dots;
        Arrays.fill(dots, 0);
        for (int i = 0; i < query.length; i += ROWS) {
            System.arraycopy(values, i * LANES, tile, 0, tile.length);
            addFirstHalf(query[i], query[i + 1], query[i + 2], query[i + 3], tile, dots);
            addSecondHalf(query[i + 4], query[i + 5], query[i + 6], query[i + 7], tile, dots);
        }
    }

    private static void addFirstHalf(float q0, float q1, float q2, float q3, float[] tile, float[] dots) {
        for (int lane = 0; lane < LANES; lane++) {
            dots[lane] += (q0 * tile[lane] + q1 * tile[lane + LANES])
                    + (q2 * tile[lane + 2 * LANES] + q3 * tile[lane + 3 * LANES]);
        }
    }

    private static void addSecondHalf(float q0, float q1, float q2, float q3, float[] tile, float[] dots) {
        for (int lane = 0; lane < LANES; lane++) {
            dots[lane] += (q0 * tile[lane + 4 * LANES] + q1 * tile[lane + 5 * LANES])
                    + (q2 * tile[lane + 6 * LANES] + q3 * tile[lane + 7 * LANES]);
        }
    }
}
