// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.codec.FlatDocuments;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file for the bulk API of Elasticsearch and OpenSearch, in which an action with the id stands before each document. Other
 * files stay as they are, as an action has no text that could be searched. Not thread-safe.
 */
public final class BulkActions {
    private static final String ID = "_id";
    private static final Set<String> WRITES = Set.of("index", "create");
    private static final Set<String> OTHERS = Set.of("update", "delete");

    /** What an action may hold, next to members that begin with an underscore. */
    private static final Set<String> PARAMETERS = Set.of(
            "dynamic_templates",
            "if_primary_term",
            "if_seq_no",
            "list_executed_pipelines",
            "pipeline",
            "require_alias",
            "require_data_stream",
            "retry_on_conflict",
            "routing",
            "version",
            "version_type");

    private final @Nullable String idField;
    /** What the action before gave; null if it gave none, or if a document stands before. */
    private @Nullable JsonNode id;

    /** @param idField the member that holds a document's id; null for {@code id}, else {@code _id} */
    public BulkActions(@Nullable String idField) {
        this.idField = idField;
    }

    /** Forgets the id of the action before, as its document could not be read. */
    public void forget() {
        id = null;
    }

    /**
     * Takes the next value of the file.
     *
     * @return the document, with the id of the action before it if it has none of its own; null for an action
     * @throws IllegalArgumentException with a clause that says what is wrong with an action
     */
    public @Nullable JsonNode document(JsonNode value) {
        JsonNode given = id;
        id = null;
        if (!(value instanceof ObjectNode object)) {
            return value;
        }
        ObjectNode action = action(object, OTHERS);
        if (action != null) {
            throw new IllegalArgumentException(
                    "is a bulk action that writes no whole document: leave only the actions index and create");
        }
        action = action(object, WRITES);
        if (action != null) {
            id = action.get(ID);
            return null;
        }
        String own = idField == null ? FlatDocuments.idMember(object) : idField;
        if (given == null || (own != null && object.hasNonNull(own))) {
            return object;
        }
        ObjectNode named = object.deepCopy();
        named.set(ID, given);
        return named;
    }

    /** Returns what the action of one of these names holds; null if the object is none. */
    private static @Nullable ObjectNode action(ObjectNode object, Set<String> names) {
        if (object.size() != 1 || !names.contains(object.fieldNames().next())) {
            return null;
        }
        if (!(object.elements().next() instanceof ObjectNode action)) {
            return null;
        }
        return hasOnly(action, PARAMETERS) ? action : null;
    }

    /** Returns whether an object has no members but these and such as begin with an underscore, as those that Elasticsearch adds. */
    static boolean hasOnly(ObjectNode object, Set<String> names) {
        return object.properties().stream()
                .allMatch(member -> member.getKey().startsWith("_") || names.contains(member.getKey()));
    }
}
