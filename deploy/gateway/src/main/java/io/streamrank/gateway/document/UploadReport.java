// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.document;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Tells what became of the documents of a request.
 *
 * @param accepted how many Kafka has
 * @param rejected how many cannot be read
 * @param errors of the first of those
 * @param warnings of documents that Kafka has, but not all that the client sent; of the first of those
 */
public record UploadReport(int accepted, int rejected, List<ObjectNode> errors, List<ObjectNode> warnings) {
    /** Most errors, and most warnings, that a report has. */
    static final int MAX_ELEMENTS = 100;

    public UploadReport {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }

    /** Returns whether the request was all wrong. */
    public boolean isRefused() {
        return accepted == 0 && rejected > 0;
    }

    /** Returns the report as JSON, which has {@code warnings} only if there are any. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("accepted", accepted);
        json.put("rejected", rejected);
        json.putArray("errors").addAll(errors);
        if (!warnings.isEmpty()) {
            json.putArray("warnings").addAll(warnings);
        }
        return json;
    }
}
