// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import java.io.Serializable;

/**
 * What is remembered of texts and pairs. One such memory serves all users of a model in a JVM.
 *
 * @param tokenCacheBytes for tokens of texts, about; 0 for none
 */
public record PairPolicy(long tokenCacheBytes) implements Serializable {
    public PairPolicy {
        check(tokenCacheBytes >= 0, "tokenCacheBytes must not be negative: " + tokenCacheBytes);
    }

    public static PairPolicy defaults() {
        return new PairPolicy(64L << 20);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
