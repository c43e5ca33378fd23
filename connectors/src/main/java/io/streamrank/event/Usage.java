// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * Counts what an answer cost.
 *
 * @param pairs pairs given to the cross-encoder
 * @param tokens their tokens, special tokens included
 * @param truncated pairs that were cut to the model's limit
 */
public record Usage(int pairs, long tokens, int truncated) {}
