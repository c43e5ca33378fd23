// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import static io.streamrank.retrieval.VectorBlock.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * By the <a href="https://openjdk.org/jeps/414">Vector API</a>: the block is read once, straight from where it lies, and
 * the sums stay in registers. Loaded by {@link DotKernel#best()} where the JVM has the module.
 */
final class VectorApiKernel implements DotKernel {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = SPECIES.length();
    /** Sums at the same time; with what is multiplied they fit the 16 registers that the smallest machines have. */
    private static final int SUMS = 8;

    VectorApiKernel() {
        if (LANES % (SUMS * WIDTH) != 0) {
            throw new IllegalStateException(LANES + " lanes are no multiple of " + SUMS + " registers of " + WIDTH);
        }
    }

    @Override
    public void dots(float[] query, float[] values, float[] dots) {
        for (int lane = 0; lane < LANES; lane += SUMS * WIDTH) {
            dots(query, values, dots, lane);
        }
    }

    private static void dots(float[] query, float[] values, float[] dots, int lane) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        for (int i = 0, at = lane; i < query.length; i++, at += LANES) {
            FloatVector q = FloatVector.broadcast(SPECIES, query[i]);
            s0 = s0.add(q.mul(FloatVector.fromArray(SPECIES, values, at + 0 * WIDTH)));
            s1 = s1.add(q.mul(FloatVector.fromArray(SPECIES, values, at + 1 * WIDTH)));
            s2 = s2.add(q.mul(FloatVector.fromArray(SPECIES, values, at + 2 * WIDTH)));
            s3 = s3.add(q.mul(FloatVector.fromArray(SPECIES, values, at + 3 * WIDTH)));
            s4 = s4.add(q.mul(FloatVector.fromArray(SPECIES, values, at + 4 * WIDTH)));
            s5 = s5.add(q.mul(FloatVector.fromArray(SPECIES, values, at + 5 * WIDTH)));
            s6 = s6.add(q.mul(FloatVector.fromArray(SPECIES, values, at + 6 * WIDTH)));
            s7 = s7.add(q.mul(FloatVector.fromArray(SPECIES, values, at + 7 * WIDTH)));
        }
        s0.intoArray(dots, lane);
        s1.intoArray(dots, lane + WIDTH);
        s2.intoArray(dots, lane + 2 * WIDTH);
        s3.intoArray(dots, lane + 3 * WIDTH);
        s4.intoArray(dots, lane + 4 * WIDTH);
        s5.intoArray(dots, lane + 5 * WIDTH);
        s6.intoArray(dots, lane + 6 * WIDTH);
        s7.intoArray(dots, lane + 7 * WIDTH);
    }
}
