// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import java.io.Serializable;
import java.util.Map;

/**
 * Holds how far a topic went at some moment, so that queries can wait until the job has read that far.
 *
 * @param lastRecords of each partition the offset of its last record; partitions without any are left out
 * @param ends of each partition the end offset, which may be more than one beyond the last record
 */
public record TopicExtent(String topic, Map<Integer, Long> lastRecords, Map<Integer, Long> ends)
        implements Serializable {
    public TopicExtent {
        lastRecords = Map.copyOf(lastRecords);
        ends = Map.copyOf(ends);
    }
}
