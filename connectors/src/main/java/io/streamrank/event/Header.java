// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Holds a header of a Kafka record. The header owns the array and does not copy it.
 *
 * @param key name
 * @param value bytes, or null where the header has none
 */
public record Header(String key, byte @Nullable [] value) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Header that && key.equals(that.key) && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * key.hashCode() + Arrays.hashCode(value);
    }
}
