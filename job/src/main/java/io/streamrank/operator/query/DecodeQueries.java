// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.codec.CodecException;
import io.streamrank.codec.Decoded;
import io.streamrank.codec.Limits;
import io.streamrank.codec.QueryCodec;
import io.streamrank.codec.QueryDefaults;
import io.streamrank.event.DeadLetter;
import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.event.RawRecord;
import io.streamrank.event.RetrievalMode;
import io.streamrank.event.Stage;
import io.streamrank.inference.Models;
import io.streamrank.inference.service.TextEmbedder;
import io.streamrank.operator.DeadLetters;
import io.streamrank.operator.JobMetrics;
import io.streamrank.operator.ModelUse;
import io.streamrank.state.Candidates;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Decodes queries. Those that bring their own documents leave by {@link #INLINE}, those that cannot be read, or not be searched for
 * with the vector that they have, as dead letters.
 */
public final class DecodeQueries extends ProcessFunction<RawRecord, Query> {
    private static final long serialVersionUID = 1L;

    public static final OutputTag<Candidates> INLINE = new OutputTag<>("inline-documents") {
        private static final long serialVersionUID = 1L;
    };

    private final Limits limits;
    private final QueryDefaults defaults;
    private final Models models;
    private final boolean sparse;

    private transient @Nullable TextEmbedder embedder;
    private transient int dimension;
    private transient QueryCodec codec;
    private transient DeadLetters deadLetters;
    private transient Counter received;
    private transient Counter unknownFields;

    /**
     * @param models whose embedder says how many numbers the vector of a query must have
     * @param sparse whether queries can be answered by their words
     */
    public DecodeQueries(Limits limits, QueryDefaults defaults, Models models, boolean sparse) {
        this.limits = limits;
        this.defaults = defaults;
        this.models = models;
        this.sparse = sparse;
    }

    @Override
    public void open(OpenContext context) {
        JobMetrics metrics = new JobMetrics(getRuntimeContext().getMetricGroup());
        // The step that embeds queries has it open in the same process, which loads it once.
        embedder = ModelUse.openEmbedderIfAny(models, getRuntimeContext());
        dimension = ModelUse.dimension(models, embedder);
        codec = new QueryCodec(limits, defaults);
        deadLetters = new DeadLetters(metrics);
        received = metrics.counter("queries.received");
        unknownFields = metrics.counter("queries.unknownFields");
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<Query> out) {
        received.inc();
        try {
            Decoded<Query> decoded = codec.decode(record, context.timerService().currentProcessingTime());
            unknownFields.inc(decoded.unknownFields().size());
            Query query = decoded.value();
            DeadLetter unfit = query.documents() == null ? unfit(record, query) : null;
            if (unfit != null) {
                deadLetters.count(unfit);
                context.output(DeadLetters.TAG, unfit);
            } else if (query.documents() == null) {
                out.collect(query);
            } else {
                context.output(INLINE, Candidates.inline(query, query.documents()));
            }
        } catch (CodecException invalid) {
            context.output(DeadLetters.TAG, deadLetters.of(record, Stage.DECODE_QUERIES, invalid));
        }
    }

    /** Returns the dead letter of a query whose vector cannot be compared with the documents'; null where it can. */
    private @Nullable DeadLetter unfit(RawRecord record, Query query) {
        Embedding embedding = query.embedding();
        if (!sparse && query.retrieval() != RetrievalMode.DENSE) {
            return deadLetter(
                    record,
                    "no-inverted-index",
                    "the query asks for \"retrieval\":\"" + query.retrieval().wireName()
                            + "\" but the job keeps no inverted index; ask with \"retrieval\":\"dense\", or set"
                            + " retrieval.sparse.enabled to true");
        }
        if (embedding == null) {
            // By words alone a query finds documents without a vector, too.
            return models.hasEmbedder() || query.retrieval() == RetrievalMode.SPARSE
                    ? null
                    : deadLetter(
                            record,
                            "no-embedding",
                            "the query has no embedding, and the job has no embedder to compute one; give it one of "
                                    + dimension
                                    + " numbers, computed with the documents' model, "
                                    + (sparse ? "ask with \"retrieval\":\"sparse\", " : "") + "or set"
                                    + " models.embedder.uri to a model");
        }
        return embedding.dimension() == dimension
                ? null
                : deadLetter(
                        record,
                        "wrong-dimension",
                        "embedding has " + embedding.dimension() + " numbers but the vectors of the documents have "
                                + dimension
                                + "; compute it with the documents' model, or leave it out if the job has an"
                                + " embedder");
    }

    private static DeadLetter deadLetter(RawRecord record, String cause, String message) {
        return new DeadLetter(record, Stage.DECODE_QUERIES, cause, IllegalArgumentException.class.getName(), message);
    }

    @Override
    public void close() {
        ModelUse.close(embedder);
        embedder = null;
    }
}
