// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * The age of a document's record. Kafka keeps all records of a key in one partition, whose offsets decide; between
 * partitions, where a key's records are once the topic has more of them, time does. Offsets of another topic, or of one that
 * was made anew, cannot be compared with these.
 *
 * @param timestampMs the record's, or that of an earlier record of the partition where that is later: as time then never
 *     goes back within a partition, versions have one order in which nothing goes round in a circle
 */
public record Version(long timestampMs, int partition, long offset) implements Comparable<Version> {
    /** The same place in the topic, at the given time if that is later. */
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
