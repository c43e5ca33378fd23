// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.streamrank.gateway.query.PreparedQuery;
import io.streamrank.gateway.query.QueryService;
import io.streamrank.gateway.query.Timeouts;
import java.time.Duration;
import java.util.List;

/** Answers queries in the wire contract's own form, degraded ones too. */
final class SearchHandler {
    private final QueryService service;
    private final Timeouts timeouts;
    private final RequestBodies bodies;

    SearchHandler(QueryService service, Timeouts timeouts, RequestBodies bodies) {
        this.service = service;
        this.timeouts = timeouts;
        this.bodies = bodies;
    }

    void answer(Context context) {
        service.requireRoom();
        ObjectNode body = bodies.query(context);
        Duration timeout = timeouts.of(body);
        body.remove("timeout"); // the gateway's own; the job knows timeout_ms
        PreparedQuery query = service.prepare(body, timeout);
        Exchange.later(
                context,
                service.ask(query),
                reply -> Exchange.json(context, 200, withWarnings(reply.json(), query.unknown())),
                refusal -> Exchange.error(context, refusal, service.limit().limit()));
    }

    private static JsonNode withWarnings(JsonNode answer, List<String> unknown) {
        if (!unknown.isEmpty() && answer instanceof ObjectNode object) {
            var warnings = object.putArray("warnings");
            unknown.forEach(path -> warnings.add(path + " is unknown and was not used"));
        }
        return answer;
    }
}
