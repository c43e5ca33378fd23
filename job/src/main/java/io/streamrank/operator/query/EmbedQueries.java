// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.inference.Models;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.service.TextEmbedder;
import io.streamrank.operator.Completions;
import io.streamrank.operator.Deadlines;
import io.streamrank.operator.DegradedReasons;
import io.streamrank.operator.ModelErrors;
import io.streamrank.operator.ModelUse;
import io.streamrank.operator.SystemTime;
import io.streamrank.retrieval.Vectors;
import io.streamrank.state.EmbeddedQuery;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.util.clock.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Embeds queries, unless they bring their own vectors. One that cannot be embedded goes on without a vector, to be answered degraded. A model that is broken fails
 * the task, whose restart opens it again.
 */
public final class EmbedQueries extends RichAsyncFunction<Query, EmbeddedQuery> {
    private static final long serialVersionUID = 1L;

    private final Models models;
    private final Deadlines deadlines;
    private final Completions completions = new Completions();

    private transient @Nullable TextEmbedder embedder;
    private transient @Nullable ModelErrors errors;

    public EmbedQueries(Models models, Duration timeout) {
        this(models, timeout, new SystemTime());
    }

    EmbedQueries(Models models, Duration timeout, Clock clock) {
        this.models = models;
        this.deadlines = new Deadlines(timeout, clock);
    }

    @Override
    public void open(OpenContext context) {
        embedder = ModelUse.openEmbedderIfAny(models, getRuntimeContext());
        errors = new ModelErrors();
    }

    @Override
    public void asyncInvoke(Query query, ResultFuture<EmbeddedQuery> result) {
        Embedding own = query.embedding();
        if (own != null) {
            Embedding unit = new Embedding(Vectors.normalized(own.values()));
            result.complete(List.of(new EmbeddedQuery(query.with(null, null), unit, null, 0)));
            return;
        }
        TextEmbedder service = embedder;
        if (service == null) { // by words alone: the step before lets nothing else through
            result.complete(List.of(new EmbeddedQuery(query, null, null, 0)));
            return;
        }
        long startMs = deadlines.clock().relativeTimeMillis();
        ModelErrors log = Objects.requireNonNull(errors, "not open");
        service.embed(query.text(), TextRole.QUERY, deadlines.of(query))
                .whenComplete((vector, failure) -> completions.runIfOpen(() -> {
                    if (ModelUse.needsRestart(failure)) {
                        result.completeExceptionally(InferenceException.causeOf(failure));
                        return;
                    }
                    log.add(query, failure);
                    result.complete(List.of(new EmbeddedQuery(
                            query,
                            failure == null ? new Embedding(vector) : null,
                            failure == null ? null : DegradedReasons.of(failure),
                            deadlines.clock().relativeTimeMillis() - startMs)));
                }));
    }

    @Override
    public void close() {
        completions.close();
        ModelUse.close(embedder);
        embedder = null;
    }
}
