// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.BlankText;
import io.streamrank.event.DocumentKey;
import io.streamrank.message.Excerpt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object by name and type. A field that is null counts as absent. It remembers which fields were
 * read, so that {@link #unknown} can report the others.
 */
final class JsonFields {
    private final ObjectNode object;
    private final String prefix;
    private final Set<String> read = new HashSet<>();

    /** @param path of the object in the record, for messages; empty for the record itself */
    JsonFields(ObjectNode object, String path) {
        this.object = object;
        this.prefix = path.isEmpty() ? "" : path + '.';
    }

    /** Returns the path of a field in the record, for messages. */
    String path(String name) {
        return prefix + name;
    }

    /** Returns the field, or null where it is absent. */
    @Nullable
    JsonNode get(String name) {
        read.add(name);
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? null : node;
    }

    /** Returns a text that is not blank and at most {@code maxChars} long; null where it is absent. */
    @Nullable
    String text(String name, int maxChars) throws CodecException {
        JsonNode node = get(name);
        if (node == null) {
            return null;
        }
        return notBlank(anyText(node, path(name), maxChars), name);
    }

    /** Returns an id, which is a text or a number with its digits as they are written; null where it is absent. */
    @Nullable
    String id(String name) throws CodecException {
        JsonNode node = get(name);
        if (node == null) {
            return null;
        }
        String id = FlatDocuments.id(node);
        if (id == null) {
            throw CodecException.wrongType(
                    "%s must be a text or a number but is %s".formatted(path(name), Excerpt.value(node)));
        }
        return notBlank(atMost(id, path(name), DocumentKey.MAX_CHARS), name);
    }

    private String notBlank(String text, String name) throws CodecException {
        if (BlankText.isBlank(text)) {
            throw CodecException.outOfRange(path(name) + " must not be blank");
        }
        return text;
    }

    /** Returns a text, maybe blank, of at most {@code maxChars}. */
    static String anyText(JsonNode node, String path, int maxChars) throws CodecException {
        if (!node.isTextual()) {
            throw CodecException.wrongType("%s must be a text but is %s".formatted(path, Excerpt.value(node)));
        }
        return atMost(node.textValue(), path, maxChars);
    }

    private static String atMost(String text, String path, int maxChars) throws CodecException {
        if (text.length() > maxChars) {
            throw CodecException.tooLarge("%s holds %d characters but at most %d are allowed: \"%s\""
                    .formatted(path, text.length(), maxChars, Excerpt.text(text)));
        }
        return text;
    }

    /** Returns a whole number in [{@code min}, {@code max}]; 5.0 is one. */
    long count(String name, long fallback, long min, long max) throws CodecException {
        JsonNode node = get(name);
        if (node == null) {
            return fallback;
        }
        String wanted = "%s must be a whole number in [%d, %d] but is ".formatted(path(name), min, max);
        if (!node.isNumber()) {
            throw CodecException.wrongType(wanted + Excerpt.value(node));
        }
        // Compared as a double first: a conversion to long would wrap or saturate.
        double number = node.doubleValue();
        if (number != Math.rint(number) || number < min || number > max) {
            throw CodecException.outOfRange(wanted + Excerpt.value(node));
        }
        return (long) number;
    }

    @Nullable
    Double number(String name) throws CodecException {
        JsonNode node = get(name);
        return node == null ? null : finite(node, path(name));
    }

    /** Returns a number of an array that a double holds. The path to it is made only for a message. */
    static double finite(JsonNode node, String path, int index) throws CodecException {
        double number = node.isNumber() ? node.doubleValue() : Double.NaN;
        return Double.isFinite(number) ? number : finite(node, path + '[' + index + ']');
    }

    /** Returns a number that a double holds. */
    static double finite(JsonNode node, String path) throws CodecException {
        if (!node.isNumber()) {
            throw CodecException.wrongType("%s must be a number but is %s".formatted(path, Excerpt.value(node)));
        }
        double number = node.doubleValue();
        if (!Double.isFinite(number)) {
            throw CodecException.outOfRange(
                    "%s must be a number within ±%s but is %s".formatted(path, Double.MAX_VALUE, Excerpt.value(node)));
        }
        return number;
    }

    boolean flag(String name, boolean fallback) throws CodecException {
        JsonNode node = get(name);
        if (node == null) {
            return fallback;
        }
        if (!node.isBoolean()) {
            throw CodecException.wrongType(
                    "%s must be true or false but is %s".formatted(path(name), Excerpt.value(node)));
        }
        return node.booleanValue();
    }

    /** Returns the constant whose name in the contract is the text. */
    <E extends Enum<E>> E choice(String name, E fallback, Function<E, String> nameOf) throws CodecException {
        JsonNode node = get(name);
        if (node == null) {
            return fallback;
        }
        List<E> constants = List.of(fallback.getDeclaringClass().getEnumConstants());
        for (E constant : constants) {
            if (node.isTextual() && nameOf.apply(constant).equals(node.textValue())) {
                return constant;
            }
        }
        String wanted = "%s must be one of %s but is %s"
                .formatted(
                        path(name),
                        constants.stream().map(nameOf).collect(Collectors.joining(", ")),
                        Excerpt.value(node));
        throw node.isTextual() ? CodecException.outOfRange(wanted) : CodecException.wrongType(wanted);
    }

    @Nullable
    ObjectNode object(String name) throws CodecException {
        JsonNode node = get(name);
        if (node == null || node instanceof ObjectNode) {
            return (ObjectNode) node;
        }
        throw CodecException.wrongType("%s must be an object but is %s".formatted(path(name), Excerpt.value(node)));
    }

    @Nullable
    ArrayNode array(String name, int maxItems) throws CodecException {
        JsonNode node = get(name);
        if (node == null) {
            return null;
        }
        if (!(node instanceof ArrayNode array)) {
            throw CodecException.wrongType("%s must be an array but is %s".formatted(path(name), Excerpt.value(node)));
        }
        return atMost(array, path(name), maxItems);
    }

    /** Returns the array, if it is not too long. */
    static ArrayNode atMost(ArrayNode array, String path, int maxItems) throws CodecException {
        if (array.size() > maxItems) {
            throw CodecException.tooLarge(
                    "%s holds %d elements but at most %d are allowed".formatted(path, array.size(), maxItems));
        }
        return array;
    }

    /** Returns the paths of the fields that were not read, as many as are reported. */
    List<String> unknown() {
        List<String> unknown = new ArrayList<>();
        for (var member : object.properties()) {
            if (!read.contains(member.getKey()) && unknown.size() < Decoded.MAX_UNKNOWN_FIELDS) {
                unknown.add(path(Excerpt.text(member.getKey())));
            }
        }
        return unknown;
    }
}
