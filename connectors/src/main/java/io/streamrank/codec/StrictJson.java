// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Parses a value as strictly as the job parses a record, for clients that read users' files. What is accepted here the
 * job can parse, too; numbers keep their spelling. Thread-safe.
 */
public final class StrictJson {
    private StrictJson() {}

    /**
     * Parses one value, and nothing after it.
     *
     * @throws InvalidJsonException says what is wrong, and where
     */
    public static JsonNode parse(byte[] utf8) throws InvalidJsonException {
        String text;
        try {
            text = Utf8.decode(utf8, "the value");
        } catch (CodecException notText) {
            throw new InvalidJsonException("is not in UTF-8: save it as UTF-8", 0, 0);
        }
        return parse(text);
    }

    /**
     * Parses one value, and nothing after it.
     *
     * @throws InvalidJsonException says what is wrong, and where
     */
    public static JsonNode parse(String text) throws InvalidJsonException {
        if (text.isBlank()) {
            throw new InvalidJsonException("is empty: write a JSON value", 0, 0);
        }
        try (JsonParser parser = Json.MAPPER.createParser(text)) {
            JsonNode value = Json.MAPPER.readTree(parser);
            requireEnd(parser);
            Utf8.requireWholeCharacters(value);
            return value;
        } catch (JsonProcessingException e) {
            throw InvalidJsonException.of(e);
        } catch (CodecException e) {
            throw new InvalidJsonException("holds half of a character, such as \\ud83d alone: write both halves", 0, 0);
        } catch (IOException e) {
            throw new UncheckedIOException("a JSON parser in memory failed with an I/O error", e);
        }
    }

    private static void requireEnd(JsonParser parser) throws IOException, InvalidJsonException {
        JsonLocation more = null;
        try {
            if (parser.nextToken() != null) {
                more = parser.currentTokenLocation();
            }
        } catch (JsonProcessingException noJson) {
            more = noJson.getLocation();
        }
        if (more != null) {
            throw new InvalidJsonException(
                    "goes on after its end: leave one value", more.getLineNr(), more.getColumnNr());
        }
    }
}
