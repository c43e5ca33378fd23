// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.search;

import io.streamrank.retrieval.Vectors;
import java.util.Random;

/**
 * Makes unit vectors around a few hundred centres, as embeddings of texts are. Independent ones would have no
 * neighbours, and a graph's recall among them would mean nothing.
 */
public final class ClusteredVectors {
    public static final int DIMENSION = 384;
    private static final int CENTRES = 256;

    private final Random random;
    private final float[][] centres = new float[CENTRES][];

    /** Makes other vectors for another seed, around the same centres. */
    public ClusteredVectors(long seed) {
        Random fixed = new Random(1);
        for (int i = 0; i < CENTRES; i++) {
            centres[i] = gaussian(fixed);
        }
        random = new Random(seed);
    }

    /** Returns another unit vector. */
    public float[] next() {
        float[] centre = centres[random.nextInt(CENTRES)];
        float[] vector = gaussian(random);
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] += centre[i];
        }
        return Vectors.normalized(vector);
    }

    private static float[] gaussian(Random random) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }
}
