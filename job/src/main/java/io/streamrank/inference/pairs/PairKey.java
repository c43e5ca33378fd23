// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

/** Identifies a (query, passage) pair; with the model that the cache belongs to it determines the score. */
public record PairKey(Digest query, Digest passage) {
    @Override
    public int hashCode() {
        return 31 * query.hashCode() + passage.hashCode();
    }
}
