// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import io.streamrank.event.BlankText;

/**
 * Holds a document of a collection.
 *
 * @param title may be empty
 */
public record Passage(String title, String text) {
    /** Returns title and text, as a reranker reads them. */
    public String content() {
        return BlankText.isBlank(title) ? text : title + "\n" + text;
    }

    /** Returns what people know it by. */
    String label() {
        return BlankText.isBlank(title) ? text : title;
    }
}
