// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

/** Says what is wanted of an encoder's last layer. */
public enum Head {
    /** The logit of a pair, from the first token through the pooler and the classifier. */
    LOGIT,
    /** The first token's vector. */
    FIRST_TOKEN,
    /** The mean of all tokens' vectors. */
    MEAN;

    /** Tells whether the other tokens of the last layer are not needed. */
    boolean firstTokenIsEnough() {
        return this != MEAN;
    }
}
