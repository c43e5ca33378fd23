// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * Tells how much of a corpus in shards was searched for an answer, where it was not all of it.
 *
 * @param shards that answered in time
 * @param of how many there are
 */
public record Coverage(int shards, int of) {}
