// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentKey;
import io.streamrank.gateway.document.DocumentService;
import io.streamrank.gateway.document.UploadedDocuments;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes and deletes documents. */
final class DocumentsHandler {
    private static final int ACCEPTED = 202;

    private final DocumentService service;
    private final RequestBodies bodies;

    DocumentsHandler(DocumentService service, RequestBodies bodies) {
        this.service = service;
        this.bodies = bodies;
    }

    void upload(Context context) {
        boolean lines = isLines(context.contentType());
        byte[] body = bodies.upload(context);
        UploadedDocuments documents = lines ? UploadedDocuments.ofLines(body) : UploadedDocuments.ofJson(body);
        Exchange.later(
                context,
                service.upload(documents),
                report -> Exchange.json(context, report.isRefused() ? 400 : ACCEPTED, report.toJson()),
                refusal -> refuse(context, refusal));
    }

    /**
     * Returns whether the body has one document a line. Only types that a page of another origin cannot send without asking
     * first are taken.
     */
    private static boolean isLines(@Nullable String contentType) {
        String type =
                contentType == null ? "" : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return switch (type) {
            case "application/json" -> false;
            case "application/x-ndjson", "application/jsonl", "application/x-jsonlines" -> true;
            default ->
                throw new RequestException(
                        Problem.UNSUPPORTED_MEDIA_TYPE,
                        "Content-Type must be application/json or application/x-ndjson");
        };
    }

    void delete(Context context) {
        String collection = context.queryParam("collection");
        Exchange.later(
                context,
                service.delete(collection == null ? Document.DEFAULT_COLLECTION : collection, context.pathParam("id")),
                key -> Exchange.json(context, ACCEPTED, json(key)),
                refusal -> refuse(context, refusal));
    }

    private static ObjectNode json(DocumentKey key) {
        return JsonNodeFactory.instance.objectNode().put("id", key.id()).put("collection", key.collection());
    }

    /** No limit of queries applies to documents. */
    private static void refuse(Context context, RequestException refusal) {
        Exchange.error(context, refusal, 0);
    }
}
