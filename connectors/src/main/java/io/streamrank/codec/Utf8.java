// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.message.Excerpt;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Decodes text strictly, so that it can be written back as it was read: valid UTF-8, no half surrogate pairs. */
final class Utf8 {
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /**
     * Decodes the bytes.
     *
     * @param what names the bytes in the message, e.g. {@code the value}
     */
    static String decode(byte[] bytes, String what) throws CodecException {
        String text = new String(bytes, UTF_8); // puts a replacement where the input is malformed
        if (text.indexOf(REPLACEMENT) < 0) {
            return text;
        }
        try {
            // A new decoder reports malformed input, and takes a replacement that was sent.
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            String lossy = new String(bytes, 0, Math.min(bytes.length, 400), UTF_8);
            throw new CodecException("not-utf8", what + " is not valid UTF-8: " + Excerpt.text(lossy));
        }
    }

    /** Refuses half a surrogate pair, which JSON can write as an escape but UTF-8 cannot hold. */
    static void requireWholeCharacters(JsonNode node) throws CodecException {
        if (node.isTextual()) {
            requireWholeCharacters(node.textValue());
        }
        for (var member : node.properties()) {
            requireWholeCharacters(member.getKey());
        }
        for (JsonNode child : node) {
            requireWholeCharacters(child);
        }
    }

    private static void requireWholeCharacters(String text) throws CodecException {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                throw new CodecException(
                        "not-utf8",
                        "the value holds half of a surrogate pair, \\u%04x, in the text \"%s\""
                                .formatted((int) text.charAt(i), Excerpt.text(text)));
            }
        }
    }
}
