// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import java.util.List;

/**
 * Holds what a record was decoded to, with the fields that were ignored.
 *
 * @param unknownFields paths of fields that were ignored, for counting; at most {@value #MAX_UNKNOWN_FIELDS} of them
 */
public record Decoded<T>(T value, List<String> unknownFields) {
    public static final int MAX_UNKNOWN_FIELDS = 16;

    public Decoded {
        unknownFields = List.copyOf(
                unknownFields.size() > MAX_UNKNOWN_FIELDS
                        ? unknownFields.subList(0, MAX_UNKNOWN_FIELDS)
                        : unknownFields);
    }
}
