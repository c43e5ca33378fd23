// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.SplittableRandom;

/** Makes unit vectors around centres, as embeddings of texts are; independent ones have no neighbours. */
final class MadeVectors {
    private final SplittableRandom random;
    private final float[][] centres;

    MadeVectors(int dimension, int centres, long seed) {
        this.random = new SplittableRandom(seed);
        this.centres = new float[centres][dimension];
        for (float[] centre : this.centres) {
            for (int i = 0; i < dimension; i++) {
                centre[i] = (float) random.nextGaussian();
            }
        }
    }

    float[] next() {
        float[] vector = centres[random.nextInt(centres.length)].clone();
        for (int i = 0; i < vector.length; i++) {
            vector[i] += (float) random.nextGaussian();
        }
        return Vectors.normalized(vector);
    }
}
