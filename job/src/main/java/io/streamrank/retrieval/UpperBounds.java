// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Holds for each slot of an index what its score is at most, and takes the slots in that order, a batch at a time. */
final class UpperBounds {
    /** Blocks from which on a search uses all cores: with fewer, handing over costs more than it gains. */
    private static final int PARALLEL_BLOCKS = 128;

    /** Slots that tell how the bounds are spread. */
    private static final int SAMPLE = 512;

    private final List<? extends @Nullable VectorBlock<?>> blocks;
    /** By block and lane; null for a block that is not there. */
    private final float[][] bounds;
    /** Bounds of some slots, ascending. */
    private final float[] sample;

    /** Slots for each one of the sample. */
    private final int stride;

    UpperBounds(List<? extends @Nullable VectorBlock<?>> blocks, CoarseQuery query) {
        this.blocks = blocks;
        this.bounds = new float[blocks.size()][];
        int parts = blocks.size() < PARALLEL_BLOCKS ? 1 : Runtime.getRuntime().availableProcessors();
        if (parts == 1) {
            compute(query, 0, 1);
        } else {
            // In the pool that all of the JVM share, and in this thread.
            IntStream.range(0, parts).parallel().forEach(part -> compute(query, part, parts));
        }
        int slots = blocks.size() * VectorBlock.LANES;
        stride = Math.max(1, slots / SAMPLE);
        sample = new float[slots / stride];
        int count = 0;
        for (int slot = 0; slot < slots; slot += stride) {
            float[] ofBlock = bounds[slot / VectorBlock.LANES];
            int lane = slot % VectorBlock.LANES;
            if (ofBlock != null && lane < ofBlock.length && count < sample.length) {
                sample[count++] = ofBlock[lane];
            }
        }
        Arrays.fill(sample, count, sample.length, Float.NEGATIVE_INFINITY);
        Arrays.sort(sample);
    }

    private void compute(CoarseQuery query, int part, int parts) {
        CoarseKernel kernel = new CoarseKernel();
        int end = (int) ((long) blocks.size() * (part + 1) / parts);
        for (int i = (int) ((long) blocks.size() * part / parts); i < end; i++) {
            VectorBlock<?> block = blocks.get(i);
            if (block != null) {
                bounds[i] = block.upperBounds(kernel, query);
            }
        }
    }

    /** Returns a bound that about so many slots below another bound reach; negative infinity if there are fewer. */
    float reachedBy(int slots, float below) {
        int end = Arrays.binarySearch(sample, below);
        int at = (end < 0 ? -end - 1 : end) - 1 - slots / stride;
        // Of equal ones all are above the bound or none, so that a next batch begins below it.
        while (at >= 0 && sample[at] >= below) {
            at--;
        }
        return at < 0 ? Float.NEGATIVE_INFINITY : sample[at];
    }

    /**
     * Returns the live slots with bounds in a range, the largest bound first. Each has its slot in the lower half; {@link #of} has
     * the bound.
     */
    long[] descending(float from, float below) {
        long[] found = new long[64];
        int count = 0;
        for (int i = 0; i < bounds.length; i++) {
            VectorBlock<?> block = blocks.get(i);
            for (int lane = 0; block != null && lane < block.used(); lane++) {
                float bound = bounds[i][lane];
                if (bound >= from && bound < below && block.isLive(lane)) {
                    if (count == found.length) {
                        found = Arrays.copyOf(found, 2 * count);
                    }
                    found[count++] = key(bound) << Integer.SIZE | i * VectorBlock.LANES + lane;
                }
            }
        }
        found = Arrays.copyOf(found, count);
        Arrays.sort(found);
        return found;
    }

    /** Returns the bound of a slot. */
    float of(int slot) {
        return bounds[slot / VectorBlock.LANES][slot % VectorBlock.LANES];
    }

    /** Returns a number that is the smaller, the larger the bound is. */
    private static long key(float bound) {
        int bits = Float.floatToIntBits(bound);
        return ~(bits < 0 ? bits ^ Integer.MAX_VALUE : bits);
    }
}
