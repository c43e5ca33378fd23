// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/** Names a step that refuses records. Savepoints hold the constants by name, so none is ever renamed. */
public enum Stage {
    DECODE_QUERIES("decode-queries"),
    DECODE_DOCUMENTS("decode-documents"),
    ADMIT_DOCUMENTS("admit-documents"),
    EMBED_DOCUMENTS("embed-documents");

    private final String wireName;

    Stage(String wireName) {
        this.wireName = wireName;
    }

    /** Returns the step as dead letters name it, which is the operator's name too, e.g. {@code decode-queries}. */
    public String wireName() {
        return wireName;
    }
}
