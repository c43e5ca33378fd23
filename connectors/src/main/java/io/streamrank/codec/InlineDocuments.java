// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import io.streamrank.message.Excerpt;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the documents that a query carries: plain texts, or objects as in the documents topic, structured or flat. One that
 * is null or cannot be read keeps its place as a document without text, which gets no score; the others are read.
 */
final class InlineDocuments {
    private final Limits limits;
    private final String collection;
    private final List<String> unknown = new ArrayList<>();
    private final List<String> invalid = new ArrayList<>();

    InlineDocuments(Limits limits, String collection) {
        this.limits = limits;
        this.collection = collection;
    }

    /** Reads one part of a document. */
    @FunctionalInterface
    private interface Part<T> {
        @Nullable
        T read() throws CodecException;
    }

    /** Reads the array at the path: a document for each element, in its place. */
    List<Document> read(ArrayNode array, String path) {
        List<Document> documents = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            documents.add(read(array.get(i), path + '[' + i + ']'));
        }
        return documents;
    }

    private Document read(JsonNode node, String path) {
        if (node instanceof ObjectNode object) {
            return read(object, path);
        }
        return document(
                null,
                node.isNull() ? null : alone(() -> List.of(new Field(DocumentFields.TEXT, text(node, path)))),
                null);
    }

    private Document read(ObjectNode object, String path) {
        String idMember = FlatDocuments.idMember(object);
        JsonFields json = new JsonFields(FlatDocuments.structured(object, idMember), path);
        String id = idMember == null ? null : alone(() -> new JsonFields(object, path).id(idMember));
        boolean flat = !FlatDocuments.isStructured(object);
        List<Field> fields =
                alone(() -> new DocumentFields(limits).read(json, flat).list());
        String metadata =
                alone(() -> MetadataText.text(json.object(FlatDocuments.METADATA), path + ".metadata", limits));
        json.get(FlatDocuments.COLLECTION); // it is ranked where the query is
        unknown.addAll(json.unknown()); // also an embedding, as reranking needs none
        return document(id, fields, metadata);
    }

    private String text(JsonNode node, String path) throws CodecException {
        if (!node.isTextual()) {
            throw CodecException.wrongType(
                    "%s must be a text or an object but is %s".formatted(path, Excerpt.value(node)));
        }
        return JsonFields.anyText(node, path, limits.fieldChars());
    }

    /** Returns a part of a document, or null where it cannot be read, which keeps no other part out. */
    private <T> @Nullable T alone(Part<T> part) {
        try {
            return part.read();
        } catch (CodecException e) {
            invalid.add(e.getMessage());
            return null;
        }
    }

    private Document document(@Nullable String id, @Nullable List<Field> fields, @Nullable String metadata) {
        return new Document(id, collection, fields == null ? List.of() : fields, metadata, null);
    }

    /** Returns the paths of members that were ignored. */
    List<String> unknown() {
        return unknown;
    }

    /** Returns what could not be read, one sentence each. */
    List<String> invalid() {
        return invalid;
    }
}
