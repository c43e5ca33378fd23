// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

/**
 * What must be known of a topic before writing to it.
 *
 * @param partitions how many there are
 * @param maxRecordBytes the largest batch that its brokers take, in bytes
 * @param compacted whether its brokers keep the newest record of a key, and so refuse one without
 */
record TopicFacts(int partitions, int maxRecordBytes, boolean compacted) {}
