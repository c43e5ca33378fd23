// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds the weights of a BERT encoder, whatever graph they come from.
 *
 * @param positions [longest text, hidden]
 * @param types [2, hidden]
 * @param pooler null unless a logit is wanted; and so the classifier
 */
public record BertWeights(
        BertConfig config,
        Weights words,
        Weights positions,
        Weights types,
        Norm norm,
        List<Layer> layers,
        @Nullable Linear pooler,
        @Nullable Linear classifier) {
    /** Is a matrix product with a bias; the matrix is [inputs, outputs]. */
    record Linear(Weights weight, Weights bias) {}

    /** Is a layer norm. */
    record Norm(Weights gamma, Weights beta) {}

    /** Is one layer of the encoder. */
    record Layer(
            Linear query, Linear key, Linear value, Linear output, Norm norm, Linear up, Linear down, Norm lastNorm) {}

    /** Tells whether the file holds all matrices in full precision. */
    public boolean isFull() {
        return Stream.concat(
                        Stream.of(words),
                        layers.stream().map(layer -> layer.query().weight()))
                .allMatch(Weights::full);
    }

    /** Returns the longest text that it has positions for. */
    public int longest() {
        return positions.dims().get(0);
    }
}
