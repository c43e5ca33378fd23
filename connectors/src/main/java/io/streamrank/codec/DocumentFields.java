// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.BlankText;
import io.streamrank.event.Field;
import io.streamrank.message.Excerpt;
import java.util.ArrayList;
import java.util.List;

/** Collects the fields of a document within limits. */
final class DocumentFields {
    static final String TEXT = "text";

    private final Limits limits;
    private final List<Field> fields = new ArrayList<>();

    DocumentFields(Limits limits) {
        this.limits = limits;
    }

    /**
     * Adds a field.
     *
     * @param path where the text stands in the record, for messages
     */
    void add(String name, JsonNode text, String path) throws CodecException {
        if (text.isNull()) {
            return;
        }
        if (text.isNumber() || text.isBoolean()) {
            throw CodecException.wrongType(
                    "%s must be a text but is %s; put other values into metadata".formatted(path, Excerpt.value(text)));
        }
        add(name, JsonFields.anyText(text, path, limits.fieldChars()), path);
    }

    private void add(String name, String text, String path) throws CodecException {
        if (BlankText.isBlank(name) || FlatDocuments.RESERVED.contains(name)) {
            throw CodecException.outOfRange(path + " is not a name for a field: it must not be blank, id or metadata");
        }
        for (Field other : fields) {
            if (other.name().equals(name)) {
                throw CodecException.outOfRange("%s is given twice, as %s and in fields".formatted(name, path));
            }
        }
        if (fields.size() == limits.fields()) {
            throw CodecException.tooLarge(
                    "%s is one field too many: at most %d are allowed".formatted(path, limits.fields()));
        }
        fields.add(new Field(name, text));
    }

    /**
     * Reads the contract's form: {@code fields}, and {@code text} for a field of that name.
     *
     * @param flat whether the document was flat, so that its fields stand next to each other in the record
     */
    DocumentFields read(JsonFields json, boolean flat) throws CodecException {
        ObjectNode object = json.object(FlatDocuments.FIELDS);
        if (object != null) {
            String prefix = flat ? "" : FlatDocuments.FIELDS + '.';
            for (var member : object.properties()) {
                add(member.getKey(), member.getValue(), json.path(prefix + Excerpt.text(member.getKey())));
            }
        }
        JsonNode text = json.get(TEXT);
        if (text != null) {
            add(TEXT, text, json.path(TEXT));
        }
        return this;
    }

    boolean allBlank() {
        return fields.stream().allMatch(field -> BlankText.isBlank(field.text()));
    }

    List<Field> list() {
        return fields;
    }
}
