// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts any flat object to a document of the wire contract: texts become fields, everything else metadata. Members
 * that the contract knows keep their meaning: a collection, an embedding, an object of metadata. A text whose name no
 * field may have is metadata too. What is in the contract already keeps its shape, and it is the job that judges it.
 *
 * @param idField the member that holds the id; null for {@code id}, else {@code _id}, else the position in the file
 * @param collection put into documents that name none; null to leave that to the job
 */
public record DocumentConverter(
        @Nullable String idField, @Nullable String collection) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> CONTRACT =
            Set.of("id", "_id", "collection", "text", "fields", "metadata", "embedding");

    /** Texts that are no fields: the job refuses the names, or nobody would search them. */
    private static final Set<String> NO_FIELDS = Set.of("id", "_id", "metadata", "");

    /**
     * Converts one document.
     *
     * @param position in the file, 0 for the first
     * @throws IllegalArgumentException with a clause that says what is wrong with it
     */
    public ObjectNode document(JsonNode value, int position) {
        if (value instanceof TextNode text) {
            return named(Integer.toString(position), null).put("text", text.textValue());
        }
        if (!(value instanceof ObjectNode object)) {
            throw new IllegalArgumentException("is not a JSON object");
        }
        String id = id(object, position);
        return isInContract(object) ? complete(object, id) : fromFlat(object, id);
    }

    /** Gives a document a vector of its own, which the job takes as it is. */
    public static void embed(ObjectNode document, float[] vector) {
        ArrayNode embedding = document.putArray("embedding");
        for (float value : vector) {
            embedding.add(value);
        }
    }

    private ObjectNode complete(ObjectNode object, String id) {
        ObjectNode document = named(id, object.get("collection"));
        String idMember = idMember(object);
        object.properties().stream()
                .filter(member -> !member.getKey().equals("_id")
                        && !member.getKey().equals(idMember)
                        && !document.has(member.getKey()))
                .forEach(member -> document.set(member.getKey(), member.getValue()));
        return document;
    }

    private ObjectNode fromFlat(ObjectNode object, String id) {
        Set<String> inContract = inContract(object);
        ObjectNode document = named(id, inContract.contains("collection") ? object.get("collection") : null);
        ObjectNode fields = document.putObject("fields");
        ObjectNode metadata = JSON.createObjectNode();
        if (inContract.contains("metadata")) {
            metadata.setAll((ObjectNode) object.get("metadata"));
        }
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            String name = member.getKey();
            JsonNode value = member.getValue();
            if (value.isNull() || inContract.contains(name) || name.equals(idMember(object))) {
                continue;
            }
            if (value.isTextual() && !NO_FIELDS.contains(name.strip())) {
                fields.set(name, value);
            } else {
                metadata.set(name, value);
            }
        }
        if (fields.isEmpty()) {
            throw new IllegalArgumentException("has no text: none of its members is a string");
        }
        if (!metadata.isEmpty()) {
            document.set("metadata", metadata);
        }
        if (inContract.contains("embedding")) {
            document.set("embedding", object.get("embedding"));
        }
        return document;
    }

    /** Which members of a flat object are what the contract means by their names. */
    private static Set<String> inContract(ObjectNode object) {
        Set<String> names = new HashSet<>();
        if (object.path("collection").isTextual()
                && !object.path("collection").asText().isBlank()) {
            names.add("collection");
        }
        if (object.path("metadata").isObject()) {
            names.add("metadata");
        }
        if (isVector(object.path("embedding"))) {
            names.add("embedding");
        }
        return names;
    }

    private static boolean isVector(JsonNode value) {
        boolean numbers = value.isArray() && !value.isEmpty();
        for (JsonNode element : value) {
            numbers &= element.isNumber();
        }
        return numbers;
    }

    private ObjectNode named(String id, @Nullable JsonNode ownCollection) {
        ObjectNode document = JSON.createObjectNode().put("id", id);
        if (ownCollection != null) {
            document.set("collection", ownCollection);
        } else if (collection != null) {
            document.put("collection", collection);
        }
        return document;
    }

    private String id(ObjectNode object, int position) {
        String member = idMember(object);
        if (member == null) {
            return Integer.toString(position);
        }
        JsonNode value = object.get(member);
        if (value == null || value.isNull()) {
            throw new IllegalArgumentException("has no member \"" + member + "\" to take its id from");
        }
        if (!(value.isTextual() || value.isNumber()) || value.asText().isBlank()) {
            throw new IllegalArgumentException(
                    "has an id that is neither text nor a number: " + member + " = " + value);
        }
        return value.asText();
    }

    /** The member that holds the id; null where the position does. */
    private @Nullable String idMember(ObjectNode object) {
        if (idField != null) {
            return idField;
        }
        return object.hasNonNull("id") ? "id" : object.hasNonNull("_id") ? "_id" : null;
    }

    private static boolean isInContract(ObjectNode object) {
        if (object.path("fields").isObject()) {
            return true;
        }
        boolean onlyContract = true;
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            onlyContract &= CONTRACT.contains(member.getKey());
        }
        return onlyContract && (object.has("text") || object.has("fields"));
    }
}
