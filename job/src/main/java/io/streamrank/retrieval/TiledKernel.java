// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import static io.streamrank.retrieval.VectorBlock.LANES;
import static io.streamrank.retrieval.VectorBlock.ROWS;

import java.util.Arrays;

/** Multiplies in loops that HotSpot compiles to vector instructions on any JVM. */
final class TiledKernel implements DotKernel {
    /*
     * The dot products grow number by number, in a loop that has no sum to keep in order, and HotSpot compiles that to
     * vector instructions; a sum over one vector it may not reorder, and so does not vectorise. It does so only where both
     * arrays are read from their beginning plus a constant: hence the copy of a few rows into a tile that stays in the
     * first-level cache, and the loops written out. FlatIndexBenchmark measures it.
     */
    private final float[] tile = new float[ROWS * LANES];

    @Override
    public void dots(float[] query, float[] values, float[] dots) {
        Arrays.fill(dots, 0);
        for (int i = 0; i < query.length; i += ROWS) {
            System.arraycopy(values, i * LANES, tile, 0, tile.length);
            addFirstHalf(query[i], query[i + 1], query[i + 2], query[i + 3], tile, dots);
            addSecondHalf(query[i + 4], query[i + 5], query[i + 6], query[i + 7], tile, dots);
        }
    }

    private static void addFirstHalf(float q0, float q1, float q2, float q3, float[] tile, float[] dots) {
        for (int lane = 0; lane < LANES; lane++) {
            dots[lane] = dots[lane]
                    + q0 * tile[lane]
                    + q1 * tile[lane + LANES]
                    + q2 * tile[lane + 2 * LANES]
                    + q3 * tile[lane + 3 * LANES];
        }
    }

    private static void addSecondHalf(float q0, float q1, float q2, float q3, float[] tile, float[] dots) {
        for (int lane = 0; lane < LANES; lane++) {
            dots[lane] = dots[lane]
                    + q0 * tile[lane + 4 * LANES]
                    + q1 * tile[lane + 5 * LANES]
                    + q2 * tile[lane + 6 * LANES]
                    + q3 * tile[lane + 7 * LANES];
        }
    }
}
