// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import java.nio.ByteBuffer;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Identifies a text: the first 128 bits of SHA-256 over its characters. Nobody can make two texts that share one, so what
 * was cached for one text is never taken for another's, nor for an older version's.
 */
record Digest(long high, long low) {
    static Digest of(String text) {
        // The characters themselves: an encoding would turn halves of surrogate pairs into question marks.
        ByteBuffer bytes = ByteBuffer.allocate(Character.BYTES * text.length());
        bytes.asCharBuffer().put(text);
        ByteBuffer hash = ByteBuffer.wrap(DigestUtils.sha256(bytes.array()));
        return new Digest(hash.getLong(), hash.getLong());
    }
}
