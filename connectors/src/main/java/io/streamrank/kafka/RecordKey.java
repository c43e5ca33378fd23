// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/** Chooses the key of a record that is written to a topic that may be compacted. */
final class RecordKey {
    private RecordKey() {}

    /**
     * Returns the key of the record that was read. A compacted topic takes no record without a key: there a record without
     * one gets {@code topic-partition-offset} of where it was read, which no other record shares.
     *
     * @param to the topic that is written to; null where nothing is known of it
     */
    static byte @Nullable [] of(
            byte @Nullable [] key, @Nullable TopicMetadata to, String topic, int partition, long offset) {
        return key == null && to != null && to.compacted()
                ? (topic + '-' + partition + '-' + offset).getBytes(UTF_8)
                : key;
    }
}
