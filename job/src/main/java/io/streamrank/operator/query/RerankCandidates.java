// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Query;
import io.streamrank.event.RankedResult;
import io.streamrank.inference.Cascade;
import io.streamrank.inference.Models;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.operator.Completions;
import io.streamrank.operator.Deadlines;
import io.streamrank.operator.DegradedReasons;
import io.streamrank.operator.JobMetrics;
import io.streamrank.operator.ModelErrors;
import io.streamrank.operator.ModelUse;
import io.streamrank.operator.SystemTime;
import io.streamrank.state.Candidates;
import io.streamrank.state.TextTemplate;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * Scores each query's candidates with the cross-encoder, whose batches hold the pairs of many queries, and writes the
 * answer. What the model cannot do is answered too: degraded, in first-stage order. A query that could not be embedded stays
 * degraded, with its candidates scored all the same. A model that is broken fails the task, whose restart opens it again.
 */
public final class RerankCandidates extends RichAsyncFunction<Candidates, RankedResult> {
    private static final long serialVersionUID = 1L;

    private final Models models;
    private final RerankConfig config;
    private final @Nullable ReplyConfig replies;
    private final Deadlines deadlines;
    private final Completions completions = new Completions();

    private transient @Nullable Cascade reranker;
    private transient @Nullable ResultBuilder answers;
    private transient @Nullable ModelErrors errors;

    public RerankCandidates(Models models, RerankConfig config) {
        this(models, config, null);
    }

    /** @param replies how replies are written from the answers; null for none */
    public RerankCandidates(Models models, RerankConfig config, @Nullable ReplyConfig replies) {
        this.models = models;
        this.config = config;
        this.replies = replies;
        this.deadlines = new Deadlines(config.timeout(), new SystemTime());
    }

    @Override
    public void open(OpenContext context) {
        Cascade cascade = ModelUse.openCascade(models, getRuntimeContext());
        reranker = cascade;
        errors = new ModelErrors();
        JobMetrics metrics = new JobMetrics(getRuntimeContext().getMetricGroup());
        show(cascade.last(), metrics);
        if (cascade.first() != null) {
            show(cascade.first(), metrics.within("cascade"));
        }
        PassageReranker last = cascade.last();
        answers = new ResultBuilder(
                last.info().name(),
                config.retrievalWeight(),
                last::relevance,
                new ReplySourceSelector(replies),
                new AnswerMetrics(metrics),
                deadlines.clock());
    }

    private static void show(PassageReranker service, JobMetrics metrics) {
        metrics.engine(service::stats);
        metrics.engineTimes(service::recentTimes);
        metrics.cache("scoreCache", service::scoreCache);
        metrics.cache("tokenCache", service::tokenCache);
        metrics.documentCache(service::documentCache);
        metrics.endpointOf(service);
    }

    @Override
    public void asyncInvoke(Candidates candidates, ResultFuture<RankedResult> result) {
        long startMs = deadlines.clock().relativeTimeMillis();
        ResultBuilder writer = Objects.requireNonNull(answers, "not open");
        CandidateTexts texts = texts(candidates);
        if (texts.entries().isEmpty()) {
            result.complete(List.of(writer.unscored(candidates, texts, candidates.degradedReason(), startMs)));
            return;
        }
        Query query = candidates.query();
        ModelErrors log = Objects.requireNonNull(errors, "not open");
        Objects.requireNonNull(reranker, "not open")
                .score(query.text(), texts.readable(), deadlines.of(candidates))
                .whenComplete((outcomes, failure) -> completions.runIfOpen(() -> {
                    if (failure == null) {
                        log.add(query, outcomes);
                        result.complete(List.of(writer.scored(candidates, texts, outcomes, startMs)));
                    } else if (ModelUse.needsRestart(failure)) {
                        result.completeExceptionally(InferenceException.causeOf(failure));
                    } else {
                        log.add(query, failure);
                        DegradedReason first = candidates.degradedReason();
                        DegradedReason reason = first == null ? DegradedReasons.of(failure) : first;
                        result.complete(List.of(writer.unscored(candidates, texts, reason, startMs)));
                    }
                }));
    }

    private CandidateTexts texts(Candidates candidates) {
        TextTemplate template = config.rankText().orFields(candidates.query().rankFields());
        return CandidateTexts.of(candidates.candidates(), template);
    }

    /** Answers a query whose future was lost; else the service's own deadline comes first. */
    @Override
    public void timeout(Candidates candidates, ResultFuture<RankedResult> result) {
        result.complete(List.of(Objects.requireNonNull(answers, "not open")
                .unscored(
                        candidates,
                        texts(candidates),
                        DegradedReason.TIMEOUT,
                        deadlines.clock().relativeTimeMillis())));
    }

    @Override
    public void close() {
        completions.close();
        ModelUse.close(reranker);
        reranker = null;
    }
}
