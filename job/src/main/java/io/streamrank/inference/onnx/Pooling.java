// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.Encoding;
import java.util.List;

/** Combines the vectors of a text's tokens into one. */
enum Pooling {
    /** Takes the first token's. */
    CLS {
        @Override
        void add(float[] values, int start, int tokens, double[] vector) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] = values[start + i];
            }
        }
    },
    /** Takes the mean of all tokens, special tokens included. A sum does, as the vector is normalised. */
    MEAN {
        @Override
        void add(float[] values, int start, int tokens, double[] vector) {
            for (int token = 0; token < tokens; token++) {
                for (int i = 0; i < vector.length; i++) {
                    vector[i] += values[start + token * vector.length + i];
                }
            }
        }
    },
    /** Takes the one vector that the graph itself makes of a text. */
    GRAPH {
        @Override
        void add(float[] values, int start, int tokens, double[] vector) {
            CLS.add(values, start, tokens, vector);
        }
    };

    /** Adds the token vectors from {@code start} on, {@code [tokens][vector.length]}, to the vector, up to scale. */
    abstract void add(float[] values, int start, int tokens, double[] vector);

    /**
     * Returns one unit vector a text.
     *
     * @param values {@code [batch, columns, dimension]}, row-major
     */
    float[][] unitVectors(float[] values, List<Encoding> batch, int columns, int dimension) {
        float[][] vectors = new float[batch.size()][];
        for (int row = 0; row < vectors.length; row++) {
            double[] sum = new double[dimension];
            add(values, row * columns * dimension, batch.get(row).tokens(), sum);
            vectors[row] = unit(sum);
        }
        return vectors;
    }

    private static float[] unit(double[] vector) {
        double square = 0;
        for (double value : vector) {
            square += value * value;
        }
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / Math.sqrt(square));
        }
        return unit;
    }
}
