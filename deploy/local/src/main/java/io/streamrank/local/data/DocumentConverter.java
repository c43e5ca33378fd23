// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.streamrank.codec.EmbeddingCodec;
import io.streamrank.codec.FlatDocuments;
import io.streamrank.event.BlankText;
import io.streamrank.message.Excerpt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts a value of a file to a document of the wire contract, by the rule of {@link FlatDocuments}. What has the
 * contract's own form keeps it, and it is the job that judges it. Of a hit of Elasticsearch or OpenSearch it takes the source.
 *
 * @param idField the member that holds the id; null for {@code id}, else {@code _id}, else a made one
 * @param collection put into documents that name none; null to leave that to the job
 */
public record DocumentConverter(
        @Nullable String idField, @Nullable String collection) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SOURCE = "_source";
    private static final String HIT_ID = "_id";

    /** What a hit may hold, next to members that begin with an underscore. */
    private static final Set<String> HIT_MEMBERS =
            Set.of("fields", "found", "highlight", "ignored_field_values", "inner_hits", "matched_queries", "sort");

    /**
     * Converts one document.
     *
     * @param ids for documents without any
     * @throws IllegalArgumentException with a clause that says what is wrong with it
     */
    public ObjectNode document(JsonNode value, IdSource ids) {
        if (value instanceof TextNode text) {
            return named(ids.of(value), null).put("text", text.textValue());
        }
        if (!(value instanceof ObjectNode given)) {
            throw new IllegalArgumentException("is not a JSON object: write {\"id\":\"…\",\"text\":\"…\"}");
        }
        ObjectNode object = source(given);
        String idMember = idField == null ? FlatDocuments.idMember(object) : idField;
        String id = idMember == null ? null : id(object, idMember);
        ObjectNode content = FlatDocuments.structured(object, idMember);
        if (content.path("fields").isEmpty() && !object.path("fields").isObject()) {
            throw new IllegalArgumentException("has no text: none of its members is a string, so give it one");
        }
        ObjectNode document = named(id == null ? ids.of(object) : id, content.remove("collection"));
        return document.setAll(content);
    }

    /** Returns what a hit of a search holds, with the hit's id if it has no {@code _id}; any other object as it is. */
    private static ObjectNode source(ObjectNode object) {
        if (!(object.get(SOURCE) instanceof ObjectNode own) || !BulkActions.hasOnly(object, HIT_MEMBERS)) {
            return object;
        }
        ObjectNode source = own.deepCopy();
        if (!source.hasNonNull(HIT_ID) && object.hasNonNull(HIT_ID)) {
            source.set(HIT_ID, object.get(HIT_ID));
        }
        return source;
    }

    /** Gives a document a vector of its own, which the job takes as it is. */
    public static void embed(ObjectNode document, float[] vector) {
        document.put(EmbeddingCodec.MEMBER, EmbeddingCodec.base64(vector));
    }

    private ObjectNode named(String id, @Nullable JsonNode ownCollection) {
        ObjectNode document = JSON.createObjectNode().put("id", id);
        if (ownCollection != null && !ownCollection.isNull()) {
            document.set("collection", ownCollection);
        } else if (collection != null) {
            document.put("collection", collection);
        }
        return document;
    }

    private static String id(ObjectNode object, String member) {
        JsonNode value = object.get(member);
        if (value == null || value.isNull()) {
            throw new IllegalArgumentException("has no member \"" + member + "\" to take its id from: give it one");
        }
        String id = FlatDocuments.id(value);
        if (id == null && value.isObject()) {
            throw new IllegalArgumentException("has an object as " + member + ": write a text or a number, and a table"
                    + " as one object for each row (pandas: orient=\"records\", lines=True)");
        }
        if (id == null) {
            throw new IllegalArgumentException("has an id that is neither a text nor a number, write it as one: "
                    + member + " is " + Excerpt.value(value));
        }
        if (BlankText.isBlank(id)) {
            throw new IllegalArgumentException("has a blank id: give it one");
        }
        return id;
    }
}
