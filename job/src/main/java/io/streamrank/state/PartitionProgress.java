// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

/**
 * Holds how far a partition has been read.
 *
 * @param offset of the last record read
 * @param latestMs the latest timestamp of all records read, milliseconds since the epoch
 */
public record PartitionProgress(int partition, long offset, long latestMs) {}
