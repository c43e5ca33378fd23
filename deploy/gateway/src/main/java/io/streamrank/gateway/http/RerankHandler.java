// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.streamrank.gateway.api.RankedTexts;
import io.streamrank.gateway.api.RankingRequest;
import io.streamrank.gateway.api.RerankFormat;
import io.streamrank.gateway.api.TeiFormat;
import io.streamrank.gateway.query.PreparedQuery;
import io.streamrank.gateway.query.QueryService;
import io.streamrank.gateway.query.RequestException;
import io.streamrank.gateway.query.Timeouts;
import java.util.UUID;

/** Answers the rerank APIs that clients know. */
final class RerankHandler {
    private static final RerankFormat TEI = new TeiFormat();

    private final QueryService service;
    private final Timeouts timeouts;
    private final RequestBodies bodies;

    RerankHandler(QueryService service, Timeouts timeouts, RequestBodies bodies) {
        this.service = service;
        this.timeouts = timeouts;
        this.bodies = bodies;
    }

    /** Answers in the format. */
    void answer(Context context, RerankFormat format) {
        service.requireRoom();
        answer(context, bodies.query(context), format);
    }

    /** Answers as text-embeddings-inference does if the body has its form, else in the format. */
    void answerByBody(Context context, RerankFormat format) {
        service.requireRoom();
        ObjectNode body = bodies.query(context);
        answer(context, body, TeiFormat.matches(body) ? TEI : format);
    }

    private void answer(Context context, ObjectNode body, RerankFormat format) {
        try {
            RankingRequest request = format.read(body);
            PreparedQuery query = service.prepare(request.toQuery(), timeouts.of(body));
            Exchange.later(
                    context,
                    service.ask(query),
                    reply -> write(context, format, query.id(), request, RankedTexts.of(request, reply)),
                    refusal -> refuse(context, format, query.id(), refusal));
        } catch (RequestException refusal) {
            refuse(context, format, UUID.randomUUID(), refusal);
        }
    }

    private static void write(
            Context context, RerankFormat format, UUID id, RankingRequest request, RankedTexts ranked) {
        Exchange.warn(context, ranked.warnings());
        Exchange.json(context, 200, format.write(id, request, ranked));
    }

    private void refuse(Context context, RerankFormat format, UUID id, RequestException refusal) {
        Exchange.error(
                context, refusal, format.error(id, refusal), service.limit().limit());
    }
}
