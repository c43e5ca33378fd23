// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import com.fasterxml.jackson.databind.JsonNode;

/** Gives documents that have no id one. */
@FunctionalInterface
public interface IdSource {
    /**
     * Returns an id for the next document that has none.
     *
     * @throws IllegalArgumentException with a clause that says what to do, if each must have one of its own
     */
    String of(JsonNode document);
}
