// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the documents that a query carries: plain texts, or objects. An object has {@code fields} as in the documents topic,
 * or is flat: then its texts are fields and its other members are metadata.
 */
final class InlineDocuments {
    private final Limits limits;
    private final String collection;
    private final List<String> unknown = new ArrayList<>();

    InlineDocuments(Limits limits, String collection) {
        this.limits = limits;
        this.collection = collection;
    }

    /** Reads the array at the path. */
    List<Document> read(ArrayNode array, String path) throws CodecException {
        if (array.isEmpty()) {
            throw CodecException.outOfRange(path + " must not be empty");
        }
        List<Document> documents = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            documents.add(read(array.get(i), path + '[' + i + ']'));
        }
        return documents;
    }

    private Document read(JsonNode node, String path) throws CodecException {
        if (node.isTextual()) {
            String text = JsonFields.anyText(node, path, limits.fieldChars());
            return new Document(null, collection, List.of(new Field(DocumentFields.TEXT, text)), null, null);
        }
        if (!(node instanceof ObjectNode object)) {
            throw CodecException.wrongType(
                    "%s must be a text or an object but is %s".formatted(path, Excerpt.value(node)));
        }
        String idMember = FlatDocuments.idMember(object);
        String id = idMember == null ? null : new JsonFields(object, path).id(idMember);
        JsonFields json = new JsonFields(FlatDocuments.structured(object, idMember), path);
        DocumentFields fields = new DocumentFields(limits).read(json, !FlatDocuments.isStructured(object));
        ObjectNode metadata = json.object(FlatDocuments.METADATA);
        json.get(FlatDocuments.COLLECTION); // it is ranked where it is, in the query's
        unknown.addAll(json.unknown()); // also an embedding, as reranking needs none
        return document(id, fields, metadata, path);
    }

    private Document document(@Nullable String id, DocumentFields fields, @Nullable ObjectNode metadata, String path)
            throws CodecException {
        if (fields.list().isEmpty()) {
            throw CodecException.missing(path + " has no text to rank");
        }
        return new Document(
                id, collection, fields.list(), MetadataText.text(metadata, path + ".metadata", limits), null);
    }

    /** Returns the paths of members that were ignored. */
    List<String> unknown() {
        return unknown;
    }
}
