// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/** The key of what is written. */
final class RecordKey {
    private RecordKey() {}

    /**
     * The key of the record that this is about. Where there is none and the topic is compacted, whose brokers refuse such
     * a record, {@code topic-partition-offset} of that record, which no other shares.
     *
     * @param to where it is written; null where nothing is known of it
     */
    static byte @Nullable [] of(
            byte @Nullable [] key, @Nullable TopicFacts to, String topic, int partition, long offset) {
        return key == null && to != null && to.compacted()
                ? (topic + '-' + partition + '-' + offset).getBytes(UTF_8)
                : key;
    }
}
