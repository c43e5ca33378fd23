// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

/**
 * Holds what {@code config.json} says of a BERT.
 *
 * @param epsilon of the layer norms
 */
public record BertConfig(int hidden, int heads, int layers, float epsilon) {
    public BertConfig {
        if (hidden < 1 || heads < 1 || layers < 1 || hidden % heads != 0) {
            throw new IllegalArgumentException(
                    "no sizes of a BERT: hidden " + hidden + ", heads " + heads + ", layers " + layers);
        }
    }
}
