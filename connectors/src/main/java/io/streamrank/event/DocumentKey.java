// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * Names a document among all collections. As the key of a record it is written {@code collection/id}, or {@code id} alone
 * in the default collection. The first slash separates, so an id with a slash is always written with its collection.
 */
public record DocumentKey(String collection, String id) {
    /** Most characters of an id, and of a collection's name. */
    public static final int MAX_CHARS = 512;

    /** Shares the collection's name, which all of its documents have. */
    public DocumentKey {
        collection = collection.intern();
    }

    /** Returns the key as the text of a record's key. */
    @Override
    public String toString() {
        boolean alone = collection.equals(Document.DEFAULT_COLLECTION) && id.indexOf('/') < 0;
        return alone ? id : collection + '/' + id;
    }
}
