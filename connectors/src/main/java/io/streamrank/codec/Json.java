// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.message.Excerpt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Parses strict JSON: valid UTF-8, one object, no member twice, limited depth, names and numbers; and writes JSON. */
final class Json {
    static final int MAX_DEPTH = 64;
    static final int MAX_NAME_CHARS = 1_000;
    static final int MAX_NUMBER_CHARS = 100;

    static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNameLength(MAX_NAME_CHARS)
                            .maxNumberLength(MAX_NUMBER_CHARS)
                            .maxStringLength(Integer.MAX_VALUE) // bounded by the record's size
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                    .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // names come from outside
                    .build())
            // Decimals keep their digits: of an id, and of metadata.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /**
     * Parses the object that a record's value holds. The numbers of a vector in it become doubles at once: with all their digits
     * they would take ten times as long.
     */
    static ObjectNode recordOf(byte[] value, int maxBytes) throws CodecException {
        if (value.length > maxBytes) {
            throw CodecException.tooLarge(
                    "the value holds %d bytes but at most %d are read".formatted(value.length, maxBytes));
        }
        return object(Utf8.decode(value, "the value"), Json::readRecord);
    }

    /** Parses the object that the text holds. */
    static ObjectNode object(String text) throws CodecException {
        return object(text, MAPPER::readTree);
    }

    private static ObjectNode object(String text, Reader reader) throws CodecException {
        if (text.isBlank()) {
            throw CodecException.malformed("the value is empty but must be a JSON object");
        }
        if (text.charAt(0) == '\uFEFF') {
            throw CodecException.malformed("the value begins with a byte order mark but must be plain UTF-8");
        }
        JsonNode node = parse(text, reader);
        if (!(node instanceof ObjectNode object)) {
            throw CodecException.wrongType("the value must be a JSON object but is " + Excerpt.value(node));
        }
        // Strict UTF-8 holds whole characters only, so half a pair can come from an escape alone.
        if (text.contains("\\ud") || text.contains("\\uD")) {
            Utf8.requireWholeCharacters(object);
        }
        return object;
    }

    private static JsonNode parse(String text, Reader reader) throws CodecException {
        try (JsonParser parser = MAPPER.createParser(text)) {
            JsonNode node = reader.read(parser);
            if (parser.nextToken() != null) {
                throw CodecException.malformed("the value continues after the end of its JSON object at character "
                        + parser.currentTokenLocation().getCharOffset());
            }
            return node;
        } catch (StreamConstraintsException e) {
            throw CodecException.tooLarge(
                    "the value " + InvalidJsonException.of(e).in(1));
        } catch (JsonProcessingException e) {
            throw CodecException.malformed(
                    "the value " + InvalidJsonException.of(e).in(1));
        } catch (IOException e) {
            throw new UncheckedIOException("a JSON parser in memory failed with an I/O error", e);
        }
    }

    private static JsonNode readRecord(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return MAPPER.readTree(parser);
        }
        ObjectNode object = newObject();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            boolean vector = parser.nextToken() == JsonToken.START_ARRAY && name.equals(EmbeddingCodec.MEMBER);
            JsonNode value = vector ? readNumbers(parser) : MAPPER.readTree(parser);
            object.set(name, value);
        }
        return object;
    }

    private static ArrayNode readNumbers(JsonParser parser) throws IOException {
        ArrayNode numbers = MAPPER.createArrayNode();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token.isNumeric()) {
                numbers.add(parser.getDoubleValue());
            } else {
                JsonNode other = MAPPER.readTree(parser);
                numbers.add(other);
            }
        }
        return numbers;
    }

    /** Reads one value from a parser that has read nothing yet. */
    @FunctionalInterface
    private interface Reader {
        JsonNode read(JsonParser parser) throws IOException;
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
