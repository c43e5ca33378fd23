// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Rotates vectors, always in the same way for a dimension, so that no number is much larger than the others: some models make
 * vectors with a few large numbers, and one scale for all numbers would leave little of the small ones. Products of two rotated
 * vectors are those of the vectors. Safe to use from several threads.
 */
public final class Rotation {
    /** Vectors shorter than this stay as they are: they have too few numbers to mix. */
    private static final int LEAST = 64;

    private static final ConcurrentMap<Integer, Rotation> BY_DIMENSION = new ConcurrentHashMap<>();

    private final int dimension;
    /** Largest power of two that is not more than the dimension. */
    private final int span;
    /** Signs of either round. The seed is part of the state's form. */
    private final boolean[][] flips;

    private Rotation(int dimension) {
        this.dimension = dimension;
        this.span = Integer.highestOneBit(dimension);
        this.flips = new boolean[2][dimension];
        Random random = new Random(dimension);
        for (boolean[] round : flips) {
            for (int i = 0; i < dimension; i++) {
                round[i] = random.nextBoolean();
            }
        }
    }

    /** Returns the rotation of vectors of a dimension, at least 1. */
    public static Rotation ofDimension(int dimension) {
        return BY_DIMENSION.computeIfAbsent(dimension, Rotation::new);
    }

    /** Returns the rotated vector, a copy. */
    public float[] apply(float[] vector) {
        float[] rotated = vector.clone();
        if (dimension >= LEAST) {
            // Both rounds together reach every number: two spans overlap, as one is more than half of the dimension.
            mix(rotated, flips[0], 0);
            mix(rotated, flips[1], dimension - span);
        }
        return rotated;
    }

    /** Flips signs, and applies the Hadamard matrix to one span. */
    private void mix(float[] numbers, boolean[] flip, int from) {
        for (int i = 0; i < dimension; i++) {
            numbers[i] = flip[i] ? -numbers[i] : numbers[i];
        }
        for (int half = 1; half < span; half *= 2) {
            for (int start = from; start < from + span; start += 2 * half) {
                for (int i = start; i < start + half; i++) {
                    float sum = numbers[i] + numbers[i + half];
                    numbers[i + half] = numbers[i] - numbers[i + half];
                    numbers[i] = sum;
                }
            }
        }
        float scale = (float) (1 / Math.sqrt(span));
        for (int i = from; i < from + span; i++) {
            numbers[i] *= scale;
        }
    }
}
