// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import java.util.Random;

/**
 * Compares two rankings of the same queries: on how many queries each is better, and how likely chance alone gives a
 * mean difference as large (paired randomisation test, two-sided, after Smucker, Allan and Carterette, CIKM 2007). The
 * seed is fixed, so that the same differences give the same p.
 *
 * @param p in (0, 1]
 */
record PairedRandomization(int wins, int losses, int ties, double p) {
    private static final int ROUNDS = 10_000;
    private static final long SEED = 20_070_911;
    /** Differences below this come from the order of additions. */
    private static final double EQUAL = 1e-9;

    /**
     * Compares two rankings.
     *
     * @param differences one for each query, positive where the second ranking is better
     */
    static PairedRandomization of(double[] differences) {
        int wins = 0;
        int losses = 0;
        double sum = 0;
        for (double difference : differences) {
            wins += difference > EQUAL ? 1 : 0;
            losses += difference < -EQUAL ? 1 : 0;
            sum += difference;
        }
        return new PairedRandomization(
                wins, losses, differences.length - wins - losses, probability(differences, Math.abs(sum) - EQUAL));
    }

    private static double probability(double[] differences, double observed) {
        Random random = new Random(SEED);
        int asLarge = 0;
        for (int round = 0; round < ROUNDS; round++) {
            double sum = 0;
            for (double difference : differences) {
                sum += random.nextBoolean() ? difference : -difference;
            }
            asLarge += Math.abs(sum) >= observed ? 1 : 0;
        }
        return (asLarge + 1.0) / (ROUNDS + 1.0);
    }
}
