// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import java.io.Serializable;
import java.util.Map;

/**
 * How far a topic went at some moment.
 *
 * @param lastRecords of each partition the offset of its last record; partitions without any are left out
 * @param ends of each partition the offset that comes next; may be further than one beyond the last record
 */
public record TopicExtent(String topic, Map<Integer, Long> lastRecords, Map<Integer, Long> ends)
        implements Serializable {
    public TopicExtent {
        lastRecords = Map.copyOf(lastRecords);
        ends = Map.copyOf(ends);
    }
}
