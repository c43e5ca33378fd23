// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.model.Encoding;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What a text is known by: the first 128 bits of SHA-256 over its characters, or its token ids. Nobody can make two texts that
 * share one, so what was cached for one text is never taken for another's, nor for an older version's.
 */
public record Digest(long high, long low) {
    /** Bytes on the heap. */
    public static final int BYTES = 32;

    public static Digest of(String text) {
        // The characters themselves: an encoding would turn halves of surrogate pairs into question marks.
        ByteBuffer bytes = ByteBuffer.allocate(Character.BYTES * text.length());
        bytes.asCharBuffer().put(text);
        return of(bytes.array());
    }

    public static Digest of(Encoding encoding) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * (encoding.tokens() + 1));
        bytes.asIntBuffer().put(encoding.secondSegment()).put(encoding.ids());
        return of(bytes.array());
    }

    private static Digest of(byte[] bytes) {
        ByteBuffer hash = ByteBuffer.wrap(sha256().digest(bytes));
        return new Digest(hash.getLong(), hash.getLong());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256: " + e.getMessage(), e);
        }
    }
}
