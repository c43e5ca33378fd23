// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.codec.CodecException;
import io.streamrank.codec.FilterCodec;
import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.event.Retrieval;
import io.streamrank.inference.EmbeddingService;
import io.streamrank.inference.Models;
import io.streamrank.retrieval.FilterMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Finds each query's candidates in this subtask's copy of the corpus, which the second input, broadcast, keeps current.
 * Queries that come before the corpus is loaded wait in operator state. An operator rather than a broadcast function
 * because it has to see the second input's watermark, which {@link CorpusProgress} sends when the corpus is loaded.
 */
public final class RetrieveCandidates extends AbstractStreamOperator<Candidates>
        implements TwoInputStreamOperator<EmbeddedQuery, CorpusUpdate, Candidates> {
    private static final long serialVersionUID = 1L;

    public static final MapStateDescriptor<DocumentKey, CorpusEntry> CORPUS = new MapStateDescriptor<>(
            "corpus", SharedSerializer.of(DocumentKey.class), SharedSerializer.of(CorpusEntry.class));

    private final Models models;
    private final CorpusConfig settings;
    private final int filterDepth;

    private transient Corpus corpus;
    private transient ListState<EmbeddedQuery> waitingState;
    private transient ListState<String> embedderState;
    private transient List<EmbeddedQuery> waiting;
    private transient String embedderFingerprint;
    private transient Histogram retrieveMs;
    private transient boolean loaded;

    public RetrieveCandidates(Models models, CorpusConfig settings, int filterDepth) {
        this.models = models;
        this.settings = settings;
        this.filterDepth = filterDepth;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        waitingState = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("waiting-queries", EmbeddedQuery.class));
        embedderState =
                context.getOperatorStateStore().getUnionListState(new ListStateDescriptor<>("embedder", String.class));
        embedderFingerprint = fingerprint();
        if (context.isRestored()) {
            refuseOtherEmbedder();
        }
        corpus = new Corpus(
                context.getOperatorStateStore().getBroadcastState(CORPUS),
                settings.tombstoneRetention().toMillis());
        waiting = new ArrayList<>();
        waitingState.get().forEach(waiting::add);
        loaded = !settings.waitUntilLoaded();
    }

    private String fingerprint() {
        try (EmbeddingService embedder = ModelUse.openEmbedder(models, getRuntimeContext())) {
            return embedder.info().fingerprint();
        }
    }

    private void refuseOtherEmbedder() throws Exception {
        for (String written : embedderState.get()) {
            if (!written.equals(embedderFingerprint)) {
                throw new SuppressRestartsException(new IllegalStateException(
                        "the state was written with another embedder (" + written + ") than the configured one ("
                                + embedderFingerprint + "), whose vectors cannot be compared; configure the former, or"
                                + " start without state so that the documents are embedded anew"));
            }
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        JobMetrics metrics = new JobMetrics(getMetricGroup());
        metrics.gauge("corpus.documents", () -> corpus.documents());
        metrics.gauge("corpus.bytes", () -> corpus.bytes());
        metrics.gauge("corpus.loaded", () -> loaded ? 1 : 0);
        metrics.gauge("queries.waiting", () -> waiting.size());
        retrieveMs = metrics.millis("retrieve");
        if (loaded) {
            answerWaiting();
        }
    }

    @Override
    public void processElement1(StreamRecord<EmbeddedQuery> record) {
        if (loaded) {
            retrieve(record.getValue());
        } else {
            waiting.add(record.getValue());
        }
    }

    @Override
    public void processElement2(StreamRecord<CorpusUpdate> record) throws Exception {
        corpus.apply(record.getValue(), getProcessingTimeService().getCurrentProcessingTime());
    }

    @Override
    public void processWatermark2(Watermark mark) {
        if (!loaded) {
            loaded = true;
            answerWaiting();
        }
    }

    /** Time means nothing downstream; the documents' watermark ends here. */
    @Override
    public void processWatermark1(Watermark mark) {}

    private void answerWaiting() {
        List<EmbeddedQuery> queries = waiting;
        waiting = new ArrayList<>();
        queries.forEach(this::retrieve);
    }

    private void retrieve(EmbeddedQuery embedded) {
        Query query = embedded.query();
        Embedding embedding = embedded.embedding();
        long start = System.nanoTime();
        List<Candidate> candidates = embedding == null ? List.of() : nearest(query, embedding);
        long elapsed = Deadlines.millisSince(start);
        retrieveMs.update(elapsed);
        output.collect(new StreamRecord<>(
                new Candidates(query, candidates, embedded.degradedReason(), embedded.embedMs(), elapsed)));
    }

    private List<Candidate> nearest(Query query, Embedding embedding) {
        return corpus.search(query.collection(), embedding, query.candidates(), filter(query)).stream()
                .map(found -> new Candidate(found.document().document(), new Retrieval(found.rank(), found.score())))
                .toList();
    }

    private @Nullable Predicate<JsonNode> filter(Query query) {
        if (query.filter() == null) {
            return null;
        }
        try {
            return FilterMatcher.of(FilterCodec.parse(query.filter(), filterDepth));
        } catch (CodecException impossible) {
            throw new IllegalStateException("a filter was let through unchecked: " + query.filter(), impossible);
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        waitingState.update(waiting);
        embedderState.update(List.of(embedderFingerprint));
    }
}
