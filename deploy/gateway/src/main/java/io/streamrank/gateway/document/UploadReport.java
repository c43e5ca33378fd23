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
 */
public record UploadReport(int accepted, int rejected, List<ObjectNode> errors) {
    public UploadReport {
        errors = List.copyOf(errors);
    }

    /** Returns whether the request was all wrong. */
    public boolean isRefused() {
        return accepted == 0 && rejected > 0;
    }

    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("accepted", accepted);
        json.put("rejected", rejected);
        json.putArray("errors").addAll(errors);
        return json;
    }
}
