// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import io.streamrank.event.Document;
import java.io.Serializable;
import java.util.List;

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

    public TextTemplate withFields(List<String> newFields) {
        return new TextTemplate(newFields, labelled, fieldChars);
    }

    /** Returns the text; empty where the document has none of the fields. */
    public String textOf(Document document) {
        StringBuilder text = new StringBuilder();
        if (fields.isEmpty()) {
            document.fields().forEach(field -> append(text, field.name(), field.text()));
        } else {
            for (String name : fields) {
                document.fields().stream()
                        .filter(field -> field.name().equals(name))
                        .forEach(field -> append(text, name, field.text()));
            }
        }
        return text.toString();
    }

    private void append(StringBuilder text, String name, String value) {
        if (value.isBlank()) {
            return;
        }
        if (!text.isEmpty()) {
            text.append('\n');
        }
        if (labelled) {
            text.append(name).append(": ");
        }
        text.append(value, 0, endOfCap(value));
    }

    /** Returns where to cut the value, never inside a surrogate pair. */
    private int endOfCap(String value) {
        if (value.length() <= fieldChars) {
            return value.length();
        }
        return Character.isHighSurrogate(value.charAt(fieldChars - 1)) ? fieldChars - 1 : fieldChars;
    }
}
