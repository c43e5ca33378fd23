// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.streamrank.event.Embedding;
import io.streamrank.message.Excerpt;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the vector that a document or a query brings: an array of numbers, or a text, the base64 of its numbers as
 * little-endian float32. {@code [1, -2]} and {@code "AACAPwAAAMA="} are the same vector. The text takes a fifth of the bytes of an
 * array with all digits, and a tenth of the time to read.
 */
public final class EmbeddingCodec {
    public static final int MAX_DIMENSION = 4_096;
    /** Names the member of a document or a query that holds its vector. */
    public static final String MEMBER = "embedding";

    private static final int MAX_CHARS = (MAX_DIMENSION * Float.BYTES + 2) / 3 * 4;

    private EmbeddingCodec() {}

    /** Returns the vector in the member {@code embedding}, or null where there is none. It is neither empty nor all zeros. */
    static @Nullable Embedding read(JsonFields json) throws CodecException {
        JsonNode node = json.get(MEMBER);
        if (node == null) {
            return null;
        }
        float[] values;
        if (node.isTextual()) {
            values = ofBase64(node.textValue(), json.path(MEMBER));
        } else if (node instanceof ArrayNode array) {
            values = ofArray(JsonFields.atMost(array, json.path(MEMBER), MAX_DIMENSION), json.path(MEMBER));
        } else {
            throw CodecException.wrongType(
                    "%s must be an array of numbers, or a text with the base64 of little-endian float32, but is %s"
                            .formatted(json.path(MEMBER), Excerpt.value(node)));
        }
        requireNotZero(values, json.path(MEMBER));
        return new Embedding(values);
    }

    private static float[] ofArray(ArrayNode array, String path) throws CodecException {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode node = array.get(i);
            values[i] = (float) JsonFields.finite(node, path, i);
            if (Float.isInfinite(values[i])) {
                throw CodecException.outOfRange("%s[%d] must be a number within ±%s but is %s"
                        .formatted(path, i, Float.MAX_VALUE, Excerpt.value(node)));
            }
        }
        return values;
    }

    private static float[] ofBase64(String text, String path) throws CodecException {
        if (text.length() > MAX_CHARS) {
            throw CodecException.tooLarge(
                    "%s holds %d characters of base64 but at most %d are allowed, which are %d numbers"
                            .formatted(path, text.length(), MAX_CHARS, MAX_DIMENSION));
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            throw CodecException.wrongType(
                    "%s must be an array of numbers, or a text with the base64 of little-endian float32, but is the text \"%s\""
                            .formatted(path, Excerpt.text(text)));
        }
        if (bytes.length % Float.BYTES != 0 || bytes.length > MAX_DIMENSION * Float.BYTES) {
            throw CodecException.outOfRange(
                    "%s holds %d bytes in base64 but must hold 4 for each of at most %d numbers, as little-endian float32"
                            .formatted(path, bytes.length, MAX_DIMENSION));
        }
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw CodecException.outOfRange(
                        "%s[%d] must be a finite number but is %s".formatted(path, i, values[i]));
            }
        }
        return values;
    }

    private static void requireNotZero(float[] values, String path) throws CodecException {
        for (float value : values) {
            if (value != 0) {
                return;
            }
        }
        throw CodecException.outOfRange(
                "%s must hold at least one number other than 0 but is an array of %d".formatted(path, values.length));
    }

    /** Returns the vector as the base64 of little-endian float32, for the member {@code embedding}. */
    public static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return new String(Base64.getEncoder().encode(bytes.array()), ISO_8859_1);
    }
}
