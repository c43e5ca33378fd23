// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.BlankText;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * Says how a document becomes the one text that a model reads.
 *
 * @param fields names, in this order; empty for all fields in the document's own order
 * @param labelled {@code title: …} a line instead of the text alone
 * @param fieldChars most characters taken of each field, at least 1
 */
public record TextTemplate(List<String> fields, boolean labelled, int fieldChars) implements Serializable {
    public TextTemplate {
        fields = List.copyOf(fields);
        if (fieldChars < 1) {
            throw new IllegalArgumentException("fieldChars must be at least 1: " + fieldChars);
        }
    }

    public static TextTemplate defaults() {
        return new TextTemplate(List.of(), false, 8_192);
    }

    /** Returns this template with the fields that a query names, if it names some. */
    public TextTemplate orFields(List<String> named) {
        return named.isEmpty() ? this : new TextTemplate(named, labelled, fieldChars);
    }

    /** Returns the text; empty where the document has none of the fields, or only blank ones. */
    public String textOf(Document document) {
        List<Field> read = readFields(document);
        if (read.size() == 1 && !labelled) {
            return capped(read.get(0).text()); // most often the text itself, without a copy
        }
        StringBuilder text = new StringBuilder();
        for (Field field : read) {
            if (!text.isEmpty()) {
                text.append('\n');
            }
            if (labelled) {
                text.append(field.name()).append(": ");
            }
            text.append(field.text(), 0, endOfCap(field.text()));
        }
        return text.toString();
    }

    /** Returns whether the text lacks characters of a field that is longer than {@code fieldChars}. */
    public boolean cuts(Document document) {
        return readFields(document).stream().anyMatch(field -> field.text().length() > fieldChars);
    }

    private List<Field> readFields(Document document) {
        Stream<Field> read = fields.isEmpty()
                ? document.fields().stream()
                : fields.stream()
                        .flatMap(name -> document.fields().stream()
                                .filter(field -> field.name().equals(name)));
        return read.filter(field -> !BlankText.isBlank(capped(field.text()))).toList();
    }

    private String capped(String value) {
        return value.length() <= fieldChars ? value : value.substring(0, endOfCap(value));
    }

    /** Returns where to cut the value, never inside a surrogate pair. */
    private int endOfCap(String value) {
        if (value.length() <= fieldChars) {
            return value.length();
        }
        return Character.isHighSurrogate(value.charAt(fieldChars - 1)) ? fieldChars - 1 : fieldChars;
    }
}
