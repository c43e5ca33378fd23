// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.document;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.Embedding;
import io.streamrank.event.Stage;
import io.streamrank.inference.Models;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.OversizeException;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.service.TextEmbedder;
import io.streamrank.operator.Completions;
import io.streamrank.operator.JobMetrics;
import io.streamrank.operator.ModelUse;
import io.streamrank.retrieval.Vectors;
import io.streamrank.state.EmbeddedChange;
import io.streamrank.state.TextTemplate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gives every upsert its unit vector: the document's own where it brings one, else the embedder's. A document that the model
 * fails on becomes a dead letter, and one for which the model has no room is tried again. So is one whose run hung, by the
 * embedder itself. A model that has failed as such fails the task, which opens it anew.
 */
public final class EmbedDocuments extends RichAsyncFunction<DocumentChange, EmbeddedChange> {
    private static final long serialVersionUID = 1L;

    /** Nobody waits for a document, and it must not be lost because the model is busy. */
    private static final long NO_DEADLINE = Long.MAX_VALUE;

    /** Between two attempts to embed a document for which there was no room. */
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Models models;
    private final TextTemplate template;
    private final Completions completions = new Completions();

    private transient @Nullable TextEmbedder embedder;
    private transient int dimension;
    private transient @Nullable ScheduledExecutorService retries;
    private transient Counter truncated;

    public EmbedDocuments(Models models, TextTemplate template) {
        this.models = models;
        this.template = template;
    }

    @Override
    public void open(OpenContext context) {
        TextEmbedder service = ModelUse.openEmbedderIfAny(models, getRuntimeContext());
        JobMetrics metrics = new JobMetrics(getRuntimeContext().getMetricGroup());
        if (service != null) {
            metrics.engine(service::stats);
            metrics.engineTimes(service::recentTimes);
            metrics.endpointOf(service);
        }
        dimension = ModelUse.dimension(models, service);
        truncated = metrics.counter("documents.truncated");
        embedder = service;
        retries = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "streamrank-document-retries");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void asyncInvoke(DocumentChange change, ResultFuture<EmbeddedChange> result) {
        Document document = change.document();
        TextEmbedder service = embedder;
        if (document == null) {
            result.complete(List.of(new EmbeddedChange(change, null, null)));
        } else if (document.embedding() != null) {
            result.complete(List.of(withOwnEmbedding(change, document.embedding())));
        } else if (service == null) {
            result.complete(List.of(deadLetter(
                    change,
                    "no-embedding",
                    IllegalArgumentException.class,
                    "document " + change.id()
                            + " has no embedding, and the job has no embedder to compute one; give it one of "
                            + dimension + " numbers, or set models.embedder.uri to a model")));
        } else {
            if (template.cuts(document)) {
                truncated.inc();
            }
            embed(change, template.textOf(document), service, result);
        }
    }

    private EmbeddedChange withOwnEmbedding(DocumentChange change, Embedding embedding) {
        if (embedding.dimension() != dimension) {
            return deadLetter(
                    change,
                    "wrong-dimension",
                    IllegalArgumentException.class,
                    "embedding of document " + change.id() + " has " + embedding.dimension() + " values, "
                            + (models.hasEmbedder()
                                    ? "the embedder gives " + dimension
                                            + "; compute it with the job's embedder, or leave it out"
                                    : "corpus.dimension is " + dimension
                                            + "; compute it with the model of the other documents"));
        }
        return new EmbeddedChange(change, new Embedding(Vectors.normalized(embedding.values())), null);
    }

    private void embed(DocumentChange change, String text, TextEmbedder service, ResultFuture<EmbeddedChange> result) {
        if (text.isEmpty()) {
            result.complete(List.of(deadLetter(
                    change,
                    "no-text",
                    IllegalArgumentException.class,
                    "document " + change.id() + " has no text in the fields to embed; fill one of them, or set"
                            + " documents.embed-fields")));
            return;
        }
        service.embed(text, TextRole.PASSAGE, NO_DEADLINE)
                .whenComplete((vector, failure) -> completions.runIfOpen(() -> {
                    if (failure == null) {
                        result.complete(List.of(new EmbeddedChange(change, new Embedding(vector), null)));
                    } else if (ModelUse.needsRestart(failure)) {
                        result.completeExceptionally(InferenceException.causeOf(failure));
                    } else if (failure instanceof OverloadException && !(failure instanceof OversizeException)) {
                        retry(() -> embed(change, text, service, result));
                    } else {
                        result.complete(List.of(deadLetter(
                                change,
                                "model-error",
                                failure.getClass(),
                                "document " + change.id() + " could not be embedded: " + failure.getMessage())));
                    }
                }));
    }

    private void retry(Runnable attempt) {
        ScheduledFuture<?> unused =
                Objects.requireNonNull(retries, "not open").schedule(attempt, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static EmbeddedChange deadLetter(
            DocumentChange change, String cause, Class<? extends Throwable> exception, String message) {
        return new EmbeddedChange(
                change,
                null,
                new DeadLetter(change.source(), Stage.EMBED_DOCUMENTS, cause, exception.getName(), message));
    }

    @Override
    public void close() {
        completions.close();
        if (retries != null) {
            retries.shutdownNow();
            retries = null;
        }
        ModelUse.close(embedder);
        embedder = null;
    }
}
