// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

/**
 * A document of a collection.
 *
 * @param title may be empty
 */
record Passage(String title, String text) {
    /** For people. */
    String label() {
        return title.isBlank() ? text : title;
    }
}
