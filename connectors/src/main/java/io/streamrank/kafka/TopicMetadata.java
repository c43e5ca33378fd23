// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

/**
 * Describes a topic that can be written to, as far as a sink must know it before it writes.
 *
 * @param partitions number of partitions
 * @param maxRecordBytes the largest batch that its brokers accept, in bytes
 * @param compacted whether its brokers keep only the newest record of a key, and so refuse a record without one
 */
record TopicMetadata(int partitions, int maxRecordBytes, boolean compacted) {}
