// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import io.streamrank.event.Document;

/**
 * A document's name as the key of its record: {@code collection/id}, or {@code id} alone in the default collection. The
 * first slash separates, so an id with a slash is always written with its collection.
 */
public record DocumentKey(String collection, String id) {
    public static final int MAX_CHARS = 512;

    static DocumentKey parse(byte[] key) throws CodecException {
        String text = Utf8.decode(key, "the record's key");
        int slash = text.indexOf('/');
        String collection = slash < 0 ? Document.DEFAULT_COLLECTION : text.substring(0, slash);
        String id = text.substring(slash + 1);
        if (id.isBlank() || collection.isBlank() || id.length() > MAX_CHARS || collection.length() > MAX_CHARS) {
            throw CodecException.outOfRange(
                    "the record's key must be an id, or collection/id, each of 1 to %d characters, but is \"%s\""
                            .formatted(MAX_CHARS, Shown.text(text)));
        }
        return new DocumentKey(collection, id);
    }

    /** The key as text; {@link #parse} reads it back. */
    @Override
    public String toString() {
        boolean alone = collection.equals(Document.DEFAULT_COLLECTION) && id.indexOf('/') < 0;
        return alone ? id : collection + '/' + id;
    }
}
