// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

/** The last offset read of a partition. */
public record PartitionOffset(int partition, long offset) {}
