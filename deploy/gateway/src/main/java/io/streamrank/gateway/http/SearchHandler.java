// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.streamrank.gateway.query.JobAnswer;
import io.streamrank.gateway.query.PreparedQuery;
import io.streamrank.gateway.query.QueryService;
import io.streamrank.gateway.query.Timeouts;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** Answers queries in the wire contract's own form, degraded ones too. */
final class SearchHandler {
    private final QueryService service;
    private final Timeouts timeouts;
    private final RequestBodies bodies;
    private final int maxBodyBytes;

    SearchHandler(QueryService service, Timeouts timeouts, RequestBodies bodies, int maxBodyBytes) {
        this.service = service;
        this.timeouts = timeouts;
        this.bodies = bodies;
        this.maxBodyBytes = maxBodyBytes;
    }

    void answer(Context context) {
        service.requireRoom();
        ObjectNode body = bodies.object(context, maxBodyBytes);
        Duration timeout = timeouts.of(body);
        body.remove("timeout"); // the gateway's own; the job knows timeout_ms
        PreparedQuery query = service.prepare(body, timeout);
        CompletableFuture<JobAnswer> answer = service.ask(query);
        context.future(() -> answer.handle((reply, failure) -> {
            if (reply == null) {
                Exchange.error(
                        context,
                        Exchange.told(Objects.requireNonNull(failure)),
                        service.limit().limit());
            } else {
                Exchange.json(context, 200, withWarnings(reply.json(), query.unknown()));
            }
            return null;
        }));
    }

    private static JsonNode withWarnings(JsonNode answer, List<String> unknown) {
        if (!unknown.isEmpty() && answer instanceof ObjectNode object) {
            var warnings = object.putArray("warnings");
            unknown.forEach(path -> warnings.add(path + " is unknown and was not used"));
        }
        return answer;
    }
}
