// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

/** The latest timestamp read of a partition, milliseconds since the epoch. */
public record PartitionTime(int partition, long timestampMs) {}
