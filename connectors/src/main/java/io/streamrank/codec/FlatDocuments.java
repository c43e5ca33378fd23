// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.BlankText;
import io.streamrank.message.Excerpt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the members of a flat document into fields and metadata. It is the one rule for all ways in: the documents topic, the
 * documents of a query, and files that are loaded.
 *
 * <p>A document whose {@code fields} is an object has the contract's own form and stays as it is. Any other is flat. Of a flat
 * one these members are what the contract means by their names: {@code collection} if it is a text that is not blank, {@code
 * metadata} if it is an object, {@code embedding} if it is an array or a text. Of the other members texts become fields, and all other
 * values become metadata, null included. A text whose name no field may have becomes metadata, too. A member of {@code
 * metadata} itself comes before one of the same name next to it.
 */
public final class FlatDocuments {
    static final String ID = "id";
    static final String OTHER_ID = "_id";
    static final String COLLECTION = "collection";
    static final String FIELDS = "fields";
    static final String METADATA = "metadata";
    static final String EMBEDDING = EmbeddingCodec.MEMBER;

    /** The only member of an id that MongoDB exports. */
    private static final String OBJECT_ID = "$oid";

    /** The members of the contract's own form. */
    private static final Set<String> KNOWN = Set.of(ID, COLLECTION, FIELDS, METADATA, EMBEDDING, DocumentFields.TEXT);

    /** Names that no field may have, as a result shows a document's fields next to its id and metadata. */
    static final Set<String> RESERVED = Set.of(ID, METADATA);

    private FlatDocuments() {}

    /** Returns whether the document has the contract's own form. */
    static boolean isStructured(ObjectNode document) {
        return document.path(FIELDS).isObject();
    }

    /** Returns the name of the member that holds the document's id: {@code id}, else {@code _id}; null if there is neither. */
    public static @Nullable String idMember(ObjectNode document) {
        if (document.hasNonNull(ID)) {
            return ID;
        }
        return document.hasNonNull(OTHER_ID) ? OTHER_ID : null;
    }

    /**
     * Returns a text, or a number with its digits as they are written: 17 and 5.0 become {@code 17} and {@code 5.0}. An exponent is
     * written as Java writes it, 1e3 as {@code 1E+3}. Of {@code {"$oid":"…"}}, as MongoDB exports an id, it is the text. Null for
     * any other value.
     */
    public static @Nullable String id(JsonNode value) {
        JsonNode id = value.size() == 1 && value.path(OBJECT_ID).isTextual() ? value.path(OBJECT_ID) : value;
        return id.isTextual() || id.isNumber() ? id.asText() : null;
    }

    /**
     * Returns the document in the contract's form, without its id: {@code collection}, {@code fields}, {@code metadata} and {@code
     * embedding}, each only if it has one. A structured document also keeps the members that the contract does not know.
     *
     * @param idMember the member that holds the id and so is neither field nor metadata; null if none does
     */
    public static ObjectNode structured(ObjectNode document, @Nullable String idMember) {
        if (isStructured(document)) {
            ObjectNode copy = document.deepCopy();
            copy.remove(ID);
            if (idMember != null) {
                copy.remove(idMember);
            }
            return copy;
        }
        ObjectNode structured = Json.newObject();
        ObjectNode fields = Json.newObject();
        ObjectNode metadata = Json.newObject();
        for (var member : document.properties()) {
            String name = member.getKey();
            JsonNode value = member.getValue();
            if (name.equals(idMember) || isAbsent(name, value)) {
                continue;
            }
            if (isOfTheContract(name, value)) {
                structured.set(name, value);
            } else if (value.isTextual() && mayBeField(name)) {
                fields.set(name, value);
            } else {
                metadata.set(name, value);
            }
        }
        if (structured.remove(METADATA) instanceof ObjectNode own) {
            metadata.setAll(own);
        }
        structured.set(FIELDS, fields);
        if (!metadata.isEmpty()) {
            structured.set(METADATA, metadata);
        }
        return structured;
    }

    /**
     * Returns the names of the members, shortened, that a document in the contract's form has and the contract does not know. The
     * job ignores them.
     */
    public static List<String> unknown(ObjectNode structured) {
        List<String> unknown = new ArrayList<>();
        for (var member : structured.properties()) {
            if (!KNOWN.contains(member.getKey())) {
                unknown.add(Excerpt.text(member.getKey()));
            }
        }
        return unknown;
    }

    /** Null stands for an absent member only under the names of the contract; else it is a value that filters can find. */
    private static boolean isAbsent(String name, JsonNode value) {
        return value.isNull()
                && switch (name) {
                    case ID, OTHER_ID, COLLECTION, FIELDS, METADATA, EMBEDDING -> true;
                    default -> false;
                };
    }

    private static boolean isOfTheContract(String name, JsonNode value) {
        return switch (name) {
            case COLLECTION -> value.isTextual() && !BlankText.isBlank(value.textValue());
            case METADATA -> value.isObject();
            case EMBEDDING -> value.isArray() || value.isTextual();
            default -> false;
        };
    }

    private static boolean mayBeField(String name) {
        return !BlankText.isBlank(name) && !RESERVED.contains(name) && !name.equals(OTHER_ID);
    }
}
