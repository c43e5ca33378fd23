// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.inference.EmbeddingService;
import io.streamrank.inference.Models;
import io.streamrank.inference.model.TextRole;
import io.streamrank.operator.Deadlines;
import io.streamrank.operator.DegradedReason;
import io.streamrank.operator.ModelErrors;
import io.streamrank.operator.ModelUse;
import io.streamrank.state.EmbeddedQuery;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * Embeds queries. One that cannot be embedded goes on without a vector, to be answered degraded. A model that is broken fails
 * the task, whose restart opens it again.
 */
public final class EmbedQueries extends RichAsyncFunction<Query, EmbeddedQuery> {
    private static final long serialVersionUID = 1L;

    private final Models models;
    private final Duration timeout;

    private transient @Nullable EmbeddingService embedder;
    private transient @Nullable ModelErrors errors;

    public EmbedQueries(Models models, Duration timeout) {
        this.models = models;
        this.timeout = timeout;
    }

    @Override
    public void open(OpenContext context) {
        embedder = ModelUse.openEmbedder(models, getRuntimeContext());
        errors = new ModelErrors();
    }

    @Override
    public void asyncInvoke(Query query, ResultFuture<EmbeddedQuery> result) {
        long start = System.nanoTime();
        ModelErrors log = Objects.requireNonNull(errors, "not open");
        Objects.requireNonNull(embedder, "not open")
                .embed(query.text(), TextRole.QUERY, Deadlines.of(query, timeout))
                .whenComplete((vector, failure) -> {
                    if (ModelUse.needsRestart(failure)) {
                        result.completeExceptionally(ModelUse.cause(failure));
                        return;
                    }
                    log.add(query, failure);
                    result.complete(List.of(new EmbeddedQuery(
                            query,
                            failure == null ? new Embedding(vector) : null,
                            failure == null ? null : DegradedReason.of(failure),
                            Deadlines.millisSince(start))));
                });
    }

    @Override
    public void close() {
        ModelUse.close(embedder);
        embedder = null;
    }
}
