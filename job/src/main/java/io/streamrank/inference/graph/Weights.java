// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds a matrix or vector of a model, which is read when it is asked for: a model's weights together may be larger than the
 * heap.
 *
 * @param dims one or two
 * @param full whether the file holds it in full precision
 */
record Weights(List<Integer> dims, boolean full, Source source) {
    /** Reads numbers. */
    interface Source {
        float[] read() throws IOException;
    }

    /** Reads the numbers, row-major. */
    float[] read() throws IOException {
        return source.read();
    }

    int size() {
        return dims.stream().reduce(1, Math::multiplyExact);
    }

    boolean isMatrix(int rows, int columns) {
        return dims.equals(List.of(rows, columns));
    }

    /** Tells whether it is a vector of that length. */
    boolean isVector(int length) {
        return size() == length && dims.contains(length);
    }

    Weights transposed() {
        if (dims.size() < 2) {
            return this;
        }
        int rows = dims.get(0);
        int columns = dims.get(1);
        return new Weights(List.of(columns, rows), full, () -> {
            float[] from = read();
            float[] to = new float[from.length];
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    to[column * rows + row] = from[row * columns + column];
                }
            }
            return to;
        });
    }

    /**
     * Returns these as what they stand for: {@code (these − zero point) × scale}.
     *
     * @param scale one number, or one for each index of the axis
     * @param zeroPoint the same; null for 0
     */
    Weights dequantized(Weights scale, @Nullable Weights zeroPoint, int axis) {
        int inner = axis == 0 && dims.size() > 1 ? dims.get(1) : 1;
        int length = dims.get(Math.min(axis, dims.size() - 1));
        return new Weights(dims, false, () -> {
            float[] values = read();
            float[] scales = spread(scale.read(), length);
            float[] zeros = zeroPoint == null ? new float[length] : spread(zeroPoint.read(), length);
            for (int i = 0; i < values.length; i++) {
                int at = i / inner % length;
                values[i] = (values[i] - zeros[at]) * scales[at];
            }
            return values;
        });
    }

    /** Tells whether it can be the scale of an axis of that length. */
    boolean scales(int length) {
        return size() == 1 || size() == length;
    }

    private static float[] spread(float[] values, int length) {
        if (values.length == length) {
            return values;
        }
        float[] all = new float[length];
        Arrays.fill(all, values[0]);
        return all;
    }

    /** Returns a matrix of two rows, which are both the first of this one. */
    Weights firstRowTwice() {
        int width = dims.get(1);
        return new Weights(List.of(2, width), full, () -> {
            float[] two = Arrays.copyOf(read(), 2 * width);
            System.arraycopy(two, 0, two, width, width);
            return two;
        });
    }

    /** Returns some columns of the matrix, or some numbers of the vector. */
    Weights columns(int from, int count) {
        int height = dims.size() == 2 ? dims.get(0) : 1;
        int width = size() / height;
        return new Weights(dims.size() == 2 ? List.of(height, count) : List.of(count), full, () -> {
            float[] all = read();
            float[] part = new float[height * count];
            for (int row = 0; row < height; row++) {
                System.arraycopy(all, row * width + from, part, row * count, count);
            }
            return part;
        });
    }

    /** Returns matrices of the same height side by side, or vectors one after the other. */
    static Weights beside(Weights... parts) {
        int height = parts[0].dims.size() == 2 ? parts[0].dims.get(0) : 1;
        int width = 0;
        boolean full = true;
        for (Weights part : parts) {
            width += part.size() / height;
            full &= part.full;
        }
        int whole = width;
        List<Integer> dims = parts[0].dims.size() == 2 ? List.of(height, width) : List.of(width);
        return new Weights(dims, full, () -> {
            float[] all = new float[height * whole];
            int left = 0;
            for (Weights part : parts) {
                float[] values = part.read();
                int columns = values.length / height;
                for (int row = 0; row < height; row++) {
                    System.arraycopy(values, row * columns, all, row * whole + left, columns);
                }
                left += columns;
            }
            return all;
        });
    }
}
