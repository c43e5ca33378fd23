// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

/** Says which graph a model runs as. */
public enum GraphForm {
    /** One written for a GPU, which computes the tokens of all texts one after the other and no padding. */
    PACKED,
    /** One written for a GPU, which computes all texts as long as the longest. */
    PADDED,
    /** The model's own file. */
    SOURCE
}
