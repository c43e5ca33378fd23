// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import java.io.Serializable;

/**
 * Says how pairs are made of texts, and how much is cached of both. One cache serves all users of a model in a JVM.
 *
 * @param tokenCacheBytes for tokens of texts, about; 0 for none
 * @param scoreCacheBytes for scores of pairs, about; 0 for none
 * @param documentCacheBytes outside the heap, for what a split model computes of documents alone; 0 for none
 * @param longDocuments what becomes of passages that do not fit
 * @param chunkStride tokens that a chunk shares with the one before it; at most half a chunk counts
 * @param maxChunks most chunks of a passage, at least 1; the rest of it is cut off
 */
public record PairPolicy(
        long tokenCacheBytes,
        long scoreCacheBytes,
        long documentCacheBytes,
        LongDocuments longDocuments,
        int chunkStride,
        int maxChunks)
        implements Serializable {
    public PairPolicy {
        check(tokenCacheBytes >= 0, "tokenCacheBytes must not be negative: " + tokenCacheBytes);
        check(scoreCacheBytes >= 0, "scoreCacheBytes must not be negative: " + scoreCacheBytes);
        check(documentCacheBytes >= 0, "documentCacheBytes must not be negative: " + documentCacheBytes);
        check(chunkStride >= 0, "chunkStride must not be negative: " + chunkStride);
        check(maxChunks >= 1, "maxChunks must be at least 1: " + maxChunks);
    }

    public static PairPolicy defaults() {
        return new PairPolicy(64L << 20, 32L << 20, 256L << 20, LongDocuments.TRUNCATE, 64, 8);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
