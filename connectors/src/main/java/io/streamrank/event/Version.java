// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * The age of a document's record. Kafka keeps all records of a key in one partition, so the offset decides; the
 * timestamp comes first so that the newest still wins after the topic was repartitioned or written anew.
 */
public record Version(long timestampMs, int partition, long offset) implements Comparable<Version> {
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
