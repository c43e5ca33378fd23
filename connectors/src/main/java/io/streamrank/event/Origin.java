// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds where a query came from. Its answer gets the same key and headers. The origin owns its arrays and does not copy them.
 *
 * @param timestampMs the record's timestamp, milliseconds since the epoch
 * @param arrivalMs when the job read it, milliseconds since the epoch
 */
public record Origin(
        String topic,
        int partition,
        long offset,
        long timestampMs,
        long arrivalMs,
        byte @Nullable [] key,
        List<Header> headers) {
    public Origin {
        headers = List.copyOf(headers);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Origin that
                && topic.equals(that.topic)
                && partition == that.partition
                && offset == that.offset
                && timestampMs == that.timestampMs
                && arrivalMs == that.arrivalMs
                && Arrays.equals(key, that.key)
                && headers.equals(that.headers);
    }

    @Override
    public int hashCode() {
        return 31 * topic.hashCode() + 17 * partition + Long.hashCode(offset);
    }
}
