// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import io.streamrank.state.QuantizedVector;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stores the coarse numbers of up to {@value #LANES} vectors, laid out so that all are multiplied at the same time, and what is kept
 * of each. A lane is written once, so a vector whose numbers lie here may be read by any thread at any time. Apart from that, not
 * thread-safe.
 *
 * @param <D> what is kept next to each vector
 */
final class VectorBlock<D> {
    /** Words in a row. A word has the same number of four vectors, a byte each, which lie a width apart. */
    static final int WIDTH = 128;

    static final int LANES = 4 * WIDTH;
    /** Added to a coarse number, so that it is positive. */
    static final int OFFSET = QuantizedVector.COARSE_MAX + 1;
    /** What rounding of floats may add to a bound, for numbers of which the largest is 1. */
    private static final float ROUNDING = 1e-5f;

    private final int rows;
    private final int width;
    /** {@code [rows, width]}, row-major; rows beyond the dimension are zero. */
    private final int[] words;
    /** Of each lane what one coarse step is, and the length of what the coarse numbers leave over. */
    private final float[] scales;

    private final float[] residuals;
    private final @Nullable QuantizedVector[] vectors;
    private final String[] ids;
    private final Object[] documents;
    private float largestNorm;
    private int used;
    private int live;

    /** @param lanes how many vectors there is room for, a power of two from 4 to {@link #LANES} */
    VectorBlock(int dimension, int lanes) {
        rows = (dimension + CoarseKernel.ROWS - 1) / CoarseKernel.ROWS * CoarseKernel.ROWS;
        width = lanes / 4;
        words = new int[Math.multiplyExact(rows, width)];
        scales = new float[lanes];
        residuals = new float[lanes];
        vectors = new QuantizedVector[lanes];
        ids = new String[lanes];
        documents = new Object[lanes];
    }

    int lanes() {
        return scales.length;
    }

    /** Returns how many lanes were written. */
    int used() {
        return used;
    }

    boolean isFull() {
        return used == lanes();
    }

    /** Returns how many lanes have a vector that was not removed. */
    int live() {
        return live;
    }

    /** Returns how many lanes have a vector that was removed. */
    int holes() {
        return used - live;
    }

    boolean isLive(int lane) {
        return vectors[lane] != null;
    }

    String id(int lane) {
        return ids[lane];
    }

    @SuppressWarnings("unchecked") // only add puts documents there
    D document(int lane) {
        return (D) documents[lane];
    }

    /** Returns the bytes held for vectors, with the fine planes. */
    long bytes() {
        return (long) words.length * Integer.BYTES + (long) scales.length * 2 * Float.BYTES + (long) live * rows;
    }

    /** Puts a vector into the next lane, which it returns; its coarse numbers lie there from now on. */
    int add(String id, QuantizedVector vector, D document) {
        int lane = used++;
        live++;
        byte[] coarse = vector.coarse();
        int shift = 8 * (lane / width);
        double squares = 0;
        double left = 0;
        for (int i = 0; i < coarse.length; i++) {
            words[i * width + lane % width] |= (coarse[i] + OFFSET) << shift;
            squares += coarse[i] * coarse[i];
            left += vector.fine()[i] * vector.fine()[i];
        }
        scales[lane] = (float) (vector.step() * QuantizedVector.FINE_STEPS);
        residuals[lane] = (float) (vector.step() * Math.sqrt(left));
        largestNorm = Math.max(largestNorm, (float) (scales[lane] * Math.sqrt(squares)));
        vectors[lane] = vector;
        ids[lane] = id;
        documents[lane] = document;
        vector.moveTo(numbers -> copyTo(lane, numbers));
        return lane;
    }

    /** Removes what is kept of a lane. Its numbers stay. */
    @SuppressWarnings("NullAway") // nobody asks for the id or the document of a lane that is not live
    void remove(int lane) {
        vectors[lane] = null;
        ids[lane] = null;
        documents[lane] = null;
        live--;
    }

    /** Puts a live lane into another block, which has room for it, and returns the lane there. */
    int moveTo(VectorBlock<D> target, int lane) {
        return target.add(ids[lane], vector(lane), document(lane));
    }

    private void copyTo(int lane, byte[] numbers) {
        int shift = 8 * (lane / width);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (byte) ((words[i * width + lane % width] >>> shift & 0xFF) - OFFSET);
        }
    }

    /**
     * Returns for each lane a number that its score cannot exceed: the product of the coarse numbers, and by the inequality of Cauchy
     * and Schwarz what the rest of both vectors can add at most. Of lanes that are not live it may be any number.
     */
    float[] upperBounds(CoarseKernel kernel, CoarseQuery query) {
        int[] products = width == WIDTH
                ? kernel.products(query.coarse, words)
                : kernel.productsOfFew(query.coarse, words, width);
        float[] bounds = new float[lanes()];
        float slack = query.residual * largestNorm * 1.001f + ROUNDING * query.norm * largestNorm;
        bound(bounds, products, query.excess, query.scale, query.norm * 1.001f, slack);
        return bounds;
    }

    private void bound(float[] bounds, int[] products, int excess, float scale, float norm, float slack) {
        for (int lane = 0; lane < bounds.length; lane++) {
            bounds[lane] = (products[CoarseKernel.first() + lane] - excess) * (scale * scales[lane])
                    + norm * residuals[lane]
                    + slack;
        }
    }

    /** Returns the product of a query with the vector of a live lane. It depends on the two alone, bit for bit. */
    float score(int lane, float[] query) {
        QuantizedVector vector = vector(lane);
        byte[] fine = vector.fine();
        int shift = 8 * (lane / width);
        int at = lane % width;
        double even = 0;
        double odd = 0;
        int i = 0;
        for (; i + 1 < fine.length; i += 2, at += 2 * width) {
            even += (double) query[i] * number(words[at] >>> shift, fine[i]);
            odd += (double) query[i + 1] * number(words[at + width] >>> shift, fine[i + 1]);
        }
        if (i < fine.length) {
            even += (double) query[i] * number(words[at] >>> shift, fine[i]);
        }
        return (float) ((even + odd) * vector.step());
    }

    private QuantizedVector vector(int lane) {
        return Objects.requireNonNull(vectors[lane], "the lane has a vector");
    }

    private static int number(int word, byte fine) {
        return ((word & 0xFF) - OFFSET) * QuantizedVector.FINE_STEPS + fine;
    }
}
