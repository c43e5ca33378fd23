// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

/** Does arithmetic on vectors. */
public final class Vectors {
    private Vectors() {}

    /**
     * Returns a copy of unit length.
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
                    "a vector needs finite values that are not all zero to be normalised; its squared length is "
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
