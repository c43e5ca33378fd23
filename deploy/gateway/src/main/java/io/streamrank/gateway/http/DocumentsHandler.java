// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.streamrank.event.Document;
import io.streamrank.gateway.document.DocumentService;
import io.streamrank.gateway.document.UploadReport;
import io.streamrank.gateway.document.UploadedDocuments;
import io.streamrank.gateway.query.Problem;
import io.streamrank.gateway.query.RequestException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes and deletes documents. */
final class DocumentsHandler {
    private static final int ACCEPTED = 202;

    private final DocumentService service;
    private final RequestBodies bodies;
    private final int maxUploadBytes;

    DocumentsHandler(DocumentService service, RequestBodies bodies, int maxUploadBytes) {
        this.service = service;
        this.bodies = bodies;
        this.maxUploadBytes = maxUploadBytes;
    }

    void upload(Context context) {
        boolean lines = isLines(context.contentType());
        byte[] body = bodies.bytes(context, maxUploadBytes);
        UploadedDocuments documents = lines ? UploadedDocuments.ofLines(body) : UploadedDocuments.ofJson(body);
        respond(
                context,
                service.upload(documents),
                UploadReport::toJson,
                report -> report.isRefused() ? 400 : ACCEPTED);
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
        respond(
                context,
                service.delete(collection == null ? Document.DEFAULT_COLLECTION : collection, context.pathParam("id")),
                key -> JsonNodeFactory.instance.objectNode().put("id", key.id()).put("collection", key.collection()),
                key -> ACCEPTED);
    }

    private static <T> void respond(
            Context context, CompletableFuture<T> result, Function<T, ObjectNode> body, Function<T, Integer> status) {
        context.future(() -> result.handle((value, failure) -> {
            if (failure == null) {
                JsonNode json = body.apply(value);
                Exchange.json(context, status.apply(value), json);
            } else {
                Exchange.error(context, Exchange.told(failure), 0);
            }
            return null;
        }));
    }
}
