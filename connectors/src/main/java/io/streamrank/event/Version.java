// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * Orders the changes of a document. Kafka keeps all records of a key in one partition, so their offsets decide. After the
 * topic got more partitions, a key's records stand in several; between them, time decides. Offsets of another topic, or of
 * one that was deleted and created again, cannot be compared with these.
 *
 * @param timestampMs the record's, or that of an earlier record of the partition where that is later: time
 *     then never goes back within a partition, so that versions have one total order
 */
public record Version(long timestampMs, int partition, long offset) implements Comparable<Version> {
    /** Returns the same place in the topic, at the given time if that is later. */
    public Version notBefore(long earliestMs) {
        return new Version(Math.max(earliestMs, timestampMs), partition, offset);
    }

    @Override
    public int compareTo(Version other) {
        if (partition == other.partition) {
            return Long.compare(offset, other.offset);
        }
        int byTime = Long.compare(timestampMs, other.timestampMs);
        return byTime != 0 ? byTime : Integer.compare(partition, other.partition);
    }

    public boolean isNewerThan(Version other) {
        return compareTo(other) > 0;
    }
}
