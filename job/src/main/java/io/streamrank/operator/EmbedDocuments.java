// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.Embedding;
import io.streamrank.inference.EmbeddingService;
import io.streamrank.inference.Models;
import io.streamrank.inference.TextRole;
import io.streamrank.retrieval.TextTemplate;
import io.streamrank.retrieval.Vectors;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/** Gives every upsert its unit vector: the document's own where it brings one, else the embedder's. */
public final class EmbedDocuments extends RichAsyncFunction<DocumentChange, EmbeddedChange> {
    private static final long serialVersionUID = 1L;

    public static final String STAGE = "embed-documents";
    /** A document can wait behind a full load; beyond this the model hangs. */
    private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Models models;
    private final TextTemplate template;

    private transient @Nullable EmbeddingService embedder;

    public EmbedDocuments(Models models, TextTemplate template) {
        this.models = models;
        this.template = template;
    }

    @Override
    public void open(OpenContext context) {
        EmbeddingService service = ModelUse.openEmbedder(models, getRuntimeContext());
        JobMetrics metrics = new JobMetrics(getRuntimeContext().getMetricGroup());
        metrics.engine(service::stats);
        metrics.engineTimes(service::recentTimes);
        embedder = service;
    }

    @Override
    public void asyncInvoke(DocumentChange change, ResultFuture<EmbeddedChange> result) {
        Document document = change.document();
        EmbeddingService service = embedder;
        if (document == null || service == null) {
            result.complete(List.of(new EmbeddedChange(change, null, null)));
        } else if (document.embedding() != null) {
            result.complete(List.of(withOwnEmbedding(change, document.embedding(), service.dimension())));
        } else {
            embed(change, template.textOf(document), service, result);
        }
    }

    private static EmbeddedChange withOwnEmbedding(DocumentChange change, Embedding embedding, int dimension) {
        if (embedding.dimension() != dimension) {
            return refused(
                    change,
                    "wrong-dimension",
                    IllegalArgumentException.class,
                    "embedding of document " + change.id() + " has " + embedding.dimension()
                            + " values, the embedder gives " + dimension
                            + "; compute it with the job's embedder, or leave it out");
        }
        return new EmbeddedChange(change, new Embedding(Vectors.normalized(embedding.values())), null);
    }

    private static void embed(
            DocumentChange change, String text, EmbeddingService service, ResultFuture<EmbeddedChange> result) {
        if (text.isBlank()) {
            result.complete(List.of(refused(
                    change,
                    "no-text",
                    IllegalArgumentException.class,
                    "document " + change.id() + " has no text in the fields to embed; fill one of them, or set"
                            + " documents.embed-fields")));
            return;
        }
        service.embed(text, TextRole.PASSAGE, System.nanoTime() + LIMIT_NANOS).whenComplete((vector, failure) -> {
            EmbeddedChange embedded = failure == null
                    ? new EmbeddedChange(change, new Embedding(vector), null)
                    : refused(
                            change,
                            "model-error",
                            failure.getClass(),
                            "document " + change.id() + " could not be embedded: " + failure.getMessage());
            result.complete(List.of(embedded));
        });
    }

    private static EmbeddedChange refused(
            DocumentChange change, String cause, Class<? extends Throwable> exception, String message) {
        return new EmbeddedChange(
                change, null, new DeadLetter(change.source(), STAGE, cause, exception.getName(), message));
    }

    @Override
    public void close() {
        ModelUse.close(embedder);
        embedder = null;
    }
}
