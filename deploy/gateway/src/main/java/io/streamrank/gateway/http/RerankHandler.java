// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.streamrank.gateway.api.RankedTexts;
import io.streamrank.gateway.api.RankingRequest;
import io.streamrank.gateway.api.RerankFormat;
import io.streamrank.gateway.api.TeiFormat;
import io.streamrank.gateway.query.JobAnswer;
import io.streamrank.gateway.query.PreparedQuery;
import io.streamrank.gateway.query.QueryService;
import io.streamrank.gateway.query.RequestException;
import io.streamrank.gateway.query.Timeouts;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Answers the rerank APIs that clients know. */
final class RerankHandler {
    private static final RerankFormat TEI = new TeiFormat();

    private final QueryService service;
    private final Timeouts timeouts;
    private final RequestBodies bodies;
    private final int maxBodyBytes;

    RerankHandler(QueryService service, Timeouts timeouts, RequestBodies bodies, int maxBodyBytes) {
        this.service = service;
        this.timeouts = timeouts;
        this.bodies = bodies;
        this.maxBodyBytes = maxBodyBytes;
    }

    /** Answers in the format. */
    void answer(Context context, RerankFormat format) {
        service.requireRoom();
        answer(context, bodies.object(context, maxBodyBytes), format);
    }

    /** Answers as text-embeddings-inference does if the body has its form, else in the format. */
    void answerByBody(Context context, RerankFormat format) {
        service.requireRoom();
        ObjectNode body = bodies.object(context, maxBodyBytes);
        answer(context, body, TeiFormat.matches(body) ? TEI : format);
    }

    private void answer(Context context, ObjectNode body, RerankFormat format) {
        UUID id = UUID.randomUUID();
        try {
            RankingRequest request = format.read(body);
            PreparedQuery query = service.prepare(request.toQuery(), timeouts.of(body));
            CompletableFuture<JobAnswer> answer = service.ask(query);
            context.future(() -> answer.handle((reply, failure) -> {
                write(context, format, query.id(), request, reply, failure);
                return null;
            }));
        } catch (RequestException refusal) {
            error(context, format, id, refusal);
        }
    }

    private void write(
            Context context,
            RerankFormat format,
            UUID id,
            RankingRequest request,
            @Nullable JobAnswer reply,
            @Nullable Throwable failure) {
        try {
            if (reply == null) {
                throw Exchange.told(Objects.requireNonNull(failure));
            }
            Exchange.json(context, 200, format.write(id, request, RankedTexts.of(request, reply)));
        } catch (RequestException refusal) {
            error(context, format, id, refusal);
        }
    }

    private void error(Context context, RerankFormat format, UUID id, RequestException refusal) {
        Exchange.error(
                context, refusal, format.error(id, refusal), service.limit().limit());
    }
}
