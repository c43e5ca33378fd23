// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import io.streamrank.state.QuantizedVector;
import io.streamrank.state.Rotation;
import java.util.Arrays;

/** Holds a query's vector as a search needs it: rotated as the documents' vectors are, and its coarse numbers. */
final class CoarseQuery {
    /** The vector, rotated. */
    final float[] numbers;
    /** From -63 to 63, with zeros behind them so that their count divides by {@link CoarseKernel#ROWS}. */
    final int[] coarse;
    /** What one coarse step is. */
    final float scale;
    /** Length of the vector. */
    final float norm;
    /** Length of what the coarse numbers leave over. */
    final float residual;
    /** What a product has too much, as the numbers of documents lie {@link VectorBlock#OFFSET} higher. */
    final int excess;

    CoarseQuery(float[] query) {
        numbers = Rotation.ofDimension(query.length).apply(query);
        coarse = new int[(query.length + CoarseKernel.ROWS - 1) / CoarseKernel.ROWS * CoarseKernel.ROWS];
        float largest = 0;
        for (float number : numbers) {
            largest = Math.max(largest, Math.abs(number));
        }
        scale = largest / QuantizedVector.COARSE_MAX;
        double squares = 0;
        double left = 0;
        for (int i = 0; i < numbers.length; i++) {
            coarse[i] = scale == 0 ? 0 : Math.round(numbers[i] / scale);
            double error = numbers[i] - (double) coarse[i] * scale;
            squares += (double) numbers[i] * numbers[i];
            left += error * error;
        }
        norm = (float) Math.sqrt(squares);
        residual = (float) Math.sqrt(left);
        excess = VectorBlock.OFFSET * Arrays.stream(coarse).sum();
    }
}
