// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.stats;

/**
 * Counts how often a cache had what was asked for, since its model was loaded. Both only grow.
 *
 * @param hits found
 * @param misses not found, so computed
 */
public record CacheStats(long hits, long misses) {}
