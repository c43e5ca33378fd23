// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Parses strict JSON: valid UTF-8, one object, no member twice, limited depth, names and numbers; and writes JSON. */
final class Json {
    static final int MAX_DEPTH = 64;
    static final int MAX_NAME_CHARS = 1_000;
    static final int MAX_NUMBER_CHARS = 100;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNameLength(MAX_NAME_CHARS)
                            .maxNumberLength(MAX_NUMBER_CHARS)
                            .maxStringLength(Integer.MAX_VALUE) // bounded by the record's size
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // names come from outside
                    .build())
            // Decimals keep their digits: of an id, and of metadata.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /** Parses the object that the bytes hold. */
    static ObjectNode object(byte[] value, int maxBytes) throws CodecException {
        if (value.length > maxBytes) {
            throw CodecException.tooLarge(
                    "the value holds %d bytes but at most %d are read".formatted(value.length, maxBytes));
        }
        return object(Utf8.decode(value, "the value"));
    }

    /** Parses the object that the text holds. */
    static ObjectNode object(String text) throws CodecException {
        if (text.isBlank()) {
            throw CodecException.malformed("the value is empty but must be a JSON object");
        }
        if (text.charAt(0) == '\uFEFF') {
            throw CodecException.malformed("the value begins with a byte order mark but must be plain UTF-8");
        }
        JsonNode node = parse(text);
        if (!(node instanceof ObjectNode object)) {
            throw CodecException.wrongType("the value must be a JSON object but is " + Excerpt.value(node));
        }
        // Strict UTF-8 holds whole characters only, so half a pair can come from an escape alone.
        if (text.contains("\\ud") || text.contains("\\uD")) {
            Utf8.requireWholeCharacters(object);
        }
        return object;
    }

    private static JsonNode parse(String text) throws CodecException {
        try (JsonParser parser = MAPPER.createParser(text)) {
            JsonNode node = MAPPER.readTree(parser);
            if (parser.nextToken() != null) {
                throw CodecException.malformed("the value continues after the end of its JSON object at character "
                        + parser.currentTokenLocation().getCharOffset());
            }
            return node;
        } catch (StreamConstraintsException e) {
            throw CodecException.tooLarge("the value breaks a limit: "
                    + Excerpt.text(e.getOriginalMessage().replaceFirst(", from `.*`\\)", ")")));
        } catch (JsonProcessingException e) {
            throw CodecException.malformed("the value is not JSON: %s at line %d, column %d"
                    .formatted(
                            Excerpt.text(e.getOriginalMessage()),
                            e.getLocation().getLineNr(),
                            e.getLocation().getColumnNr()));
        } catch (IOException e) {
            throw new UncheckedIOException("a JSON parser in memory failed with an I/O error", e);
        }
    }

    static ObjectNode newObject() {
        return MAPPER.createObjectNode();
    }

    /** Returns text that {@link #object(String)} parses to an equal node. */
    static String text(JsonNode node) {
        return node.toString();
    }

    /** Writes an object with the members that the body writes. */
    static byte[] bytes(Body body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = MAPPER.createGenerator(out)) {
            json.writeStartObject();
            body.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("an event could not be written as JSON", e);
        }
        return out.toByteArray();
    }

    /** Writes the members of an object. */
    @FunctionalInterface
    interface Body {
        void writeTo(JsonGenerator json) throws IOException;
    }
}
