// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.api;

import static io.streamrank.gateway.query.ClientInput.shown;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.BlankText;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads the members that all rerank APIs have, by name. A member that is null counts as absent; unknown ones are ignored. */
final class RequestFields {
    /** As many as the job takes by default. */
    private static final int MAX_RANK_FIELDS = 64;

    private final ObjectNode body;

    RequestFields(ObjectNode body) {
        this.body = body;
    }

    String query() {
        JsonNode query = body.path("query");
        if (!query.isTextual() || BlankText.isBlank(query.textValue())) {
            throw invalid(
                    "missing-field",
                    query.isMissingNode() || query.isNull()
                            ? "query is missing: it must say what to rank by"
                            : "query must be a text that is not blank but is " + shown(query));
        }
        return query.textValue();
    }

    /** Returns the documents as they are. */
    List<JsonNode> documents(String name) {
        List<JsonNode> documents = new ArrayList<>();
        array(name, true).forEach(documents::add);
        return documents;
    }

    /** Returns the names, each once. */
    List<String> rankFields() {
        Set<String> names = new LinkedHashSet<>();
        ArrayNode array = array("rank_fields", false);
        for (int i = 0; i < array.size(); i++) {
            JsonNode name = array.get(i);
            if (!name.isTextual()) {
                throw invalid("wrong-type", "rank_fields[%d] must be a text but is %s".formatted(i, shown(name)));
            }
            names.add(name.textValue());
        }
        if (names.size() > MAX_RANK_FIELDS) {
            throw invalid(
                    "too-large",
                    "rank_fields names %d fields but at most %d are allowed".formatted(names.size(), MAX_RANK_FIELDS));
        }
        return List.copyOf(names);
    }

    private ArrayNode array(String name, boolean required) {
        JsonNode value = body.path(name);
        if (value instanceof ArrayNode array) {
            return array;
        }
        if (required || !(value.isMissingNode() || value.isNull())) {
            throw invalid(
                    value.isMissingNode() ? "missing-field" : "wrong-type",
                    "%s must be an array but is %s".formatted(name, value.isMissingNode() ? "missing" : shown(value)));
        }
        return body.arrayNode();
    }

    /** Returns how many results are wanted: all of them if the member is absent, null or 0, and never more than there are. */
    int topN(String name, int documents) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return documents;
        }
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(number >= 0) || number != Math.rint(number)) {
            throw invalid("out-of-range", "%s must be a whole number from 0 but is %s".formatted(name, shown(value)));
        }
        return number == 0 ? documents : (int) Math.min(number, documents);
    }

    boolean flag(String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw invalid("wrong-type", "%s must be true or false but is %s".formatted(name, shown(value)));
        }
        return value.booleanValue();
    }

    private static RequestException invalid(String code, String message) {
        return new RequestException(Problem.INVALID_REQUEST, code, message);
    }
}
