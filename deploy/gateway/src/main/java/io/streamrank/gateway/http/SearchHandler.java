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
import java.util.Set;
import java.util.regex.Pattern;

/** Answers queries in the wire contract's own form, degraded ones too. */
final class SearchHandler {
    /** Members that the job reads only of a query without documents of its own. */
    private static final Set<String> OF_SEARCHES = Set.of("filter", "candidates", "retrieval", "embedding");

    private static final Pattern VECTOR_OF_A_DOCUMENT = Pattern.compile("documents\\[\\d+]\\.embedding");

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
            unknown.forEach(path -> warnings.add(warning(path)));
        }
        return answer;
    }

    private static String warning(String path) {
        if (OF_SEARCHES.contains(path)) {
            return path + " was not used, as the query brings its own documents";
        }
        return VECTOR_OF_A_DOCUMENT.matcher(path).matches()
                ? path + " was not used, as the documents of a query are ranked by their texts alone"
                : path + " is unknown and was not used";
    }
}
