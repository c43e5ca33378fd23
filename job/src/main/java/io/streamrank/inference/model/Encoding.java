// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/**
 * Holds the token ids of one text, or of a (query, passage) pair, special tokens included. The array is owned by the encoding
 * and must not be changed.
 *
 * @param ids token ids, {@code [tokens]}
 * @param secondSegment index of the first token of the second segment (token type 1); {@code ids.length} where there is
 *     only one
 * @param truncated whether text was cut to fit the model
 */
public record Encoding(int[] ids, int secondSegment, boolean truncated) {
    public int tokens() {
        return ids.length;
    }
}
