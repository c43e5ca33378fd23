// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

/** Arithmetic on vectors; every result depends on the values alone, never on where they are stored. */
public final class Vectors {
    private static final int LANES = 8;

    private Vectors() {}

    /**
     * Dot product of {@code a} and the {@code a.length} values of {@code slab} from {@code offset}. Eight partial sums, so
     * that the JIT can keep them in one vector register; a single sum would have to be added in order.
     */
    public static float dot(float[] a, float[] slab, int offset) {
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        int i = 0;
        for (int end = a.length - a.length % LANES; i < end; i += LANES) {
            int j = offset + i;
            s0 += a[i] * slab[j];
            s1 += a[i + 1] * slab[j + 1];
            s2 += a[i + 2] * slab[j + 2];
            s3 += a[i + 3] * slab[j + 3];
            s4 += a[i + 4] * slab[j + 4];
            s5 += a[i + 5] * slab[j + 5];
            s6 += a[i + 6] * slab[j + 6];
            s7 += a[i + 7] * slab[j + 7];
        }
        float rest = 0;
        for (; i < a.length; i++) {
            rest += a[i] * slab[offset + i];
        }
        return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7)) + rest;
    }

    /**
     * A copy of unit length.
     *
     * @throws IllegalArgumentException if a value is not finite or all are zero
     */
    public static float[] normalized(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        if (squares == 0 || Double.isNaN(squares) || Double.isInfinite(squares)) {
            throw new IllegalArgumentException(
                    "a vector needs finite values that are not all zero to be normalised; its" + " squared length is "
                            + squares);
        }
        double scale = 1 / Math.sqrt(squares);
        float[] unit = new float[vector.length];
        for (int i = 0; i < vector.length; i++) {
            unit[i] = (float) (vector[i] * scale);
        }
        return unit;
    }
}
