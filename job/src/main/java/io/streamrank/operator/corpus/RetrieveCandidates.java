// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.codec.CodecException;
import io.streamrank.codec.FilterCodec;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.event.Retrieval;
import io.streamrank.inference.EmbeddingService;
import io.streamrank.inference.Models;
import io.streamrank.operator.Deadlines;
import io.streamrank.operator.DegradedReason;
import io.streamrank.operator.JobMetrics;
import io.streamrank.operator.ModelUse;
import io.streamrank.operator.document.CorpusLoadTracker;
import io.streamrank.retrieval.FilterMatcher;
import io.streamrank.state.Candidate;
import io.streamrank.state.Candidates;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.jspecify.annotations.Nullable;

/**
 * Finds each query's candidates in this subtask's copy of the corpus, which the second input, broadcast, keeps current.
 * Queries that come before the corpus is loaded wait in operator state, each until its own time limit at most; those that
 * find no room are answered at once. An operator rather than a broadcast function because it has to see the second input's
 * watermark, which {@link CorpusLoadTracker} sends when the corpus is loaded.
 */
public final class RetrieveCandidates extends AbstractStreamOperator<Candidates>
        implements TwoInputStreamOperator<EmbeddedQuery, CorpusUpdate, Candidates> {
    private static final long serialVersionUID = 1L;

    public static final MapStateDescriptor<DocumentKey, CorpusEntry> CORPUS = new MapStateDescriptor<>(
            "corpus", SharedSerializer.of(DocumentKey.class), SharedSerializer.of(CorpusEntry.class));

    private final Models models;
    private final CorpusConfig settings;

    private transient Corpus corpus;
    private transient ListState<EmbeddedQuery> waitingState;
    private transient EmbeddingCompatibility origin;
    private transient WaitingQueries waiting;
    private transient long alarmMs;
    private transient String embedderFingerprint;
    private transient Histogram retrieveMs;
    private transient boolean loaded;

    public RetrieveCandidates(Models models, CorpusConfig settings) {
        this.models = models;
        this.settings = settings;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        waitingState = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("waiting-queries", EmbeddedQuery.class));
        embedderFingerprint = fingerprint();
        origin = new EmbeddingCompatibility(context.getOperatorStateStore());
        origin.check(embedderFingerprint, settings.embedText());
        corpus = new Corpus(
                context.getOperatorStateStore().getBroadcastState(CORPUS),
                settings.tombstoneRetention().toMillis());
        waiting = new WaitingQueries(settings.maxWaitingQueries());
        waitingState.get().forEach(waiting::add);
        alarmMs = WaitingQueries.NEVER;
        loaded = !settings.waitUntilLoaded();
    }

    private String fingerprint() {
        try (EmbeddingService embedder = ModelUse.openEmbedder(models, getRuntimeContext())) {
            return embedder.info().fingerprint();
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
            // Not from here: downstream may not take elements before every operator is open.
            ProcessingTimeService clock = getProcessingTimeService();
            clock.registerTimer(clock.getCurrentProcessingTime(), time -> answerWaiting());
        } else {
            watchDeadlines();
        }
    }

    @Override
    public void processElement1(StreamRecord<EmbeddedQuery> record) {
        if (loaded) {
            retrieve(record.getValue());
        } else if (waiting.isFull()) {
            giveUp(record.getValue(), DegradedReason.OVERLOAD);
        } else {
            waiting.add(record.getValue());
            watchDeadlines();
        }
    }

    @Override
    public void processElement2(StreamRecord<CorpusUpdate> record) throws Exception {
        corpus.apply(record.getValue(), getProcessingTimeService().getCurrentProcessingTime());
    }

    @Override
    public void processWatermark2(Watermark mark) {
        loaded = true;
        answerWaiting();
    }

    /** Time means nothing downstream; the documents' watermark ends here. */
    @Override
    public void processWatermark1(Watermark mark) {}

    private void answerWaiting() {
        waiting.takeAll().forEach(this::retrieve);
    }

    /** One timer, for the query with the least time left; one that was set for a later query then finds nothing to do. */
    private void watchDeadlines() {
        long next = waiting.nextDeadlineMs();
        if (next < alarmMs) {
            alarmMs = next;
            getProcessingTimeService().registerTimer(next, this::answerExpired);
        }
    }

    private void answerExpired(long nowMs) {
        alarmMs = WaitingQueries.NEVER;
        waiting.takeExpired(nowMs).forEach(query -> giveUp(query, DegradedReason.TIMEOUT));
        watchDeadlines();
    }

    private void giveUp(EmbeddedQuery embedded, String reason) {
        String first = embedded.degradedReason();
        output.collect(new StreamRecord<>(
                new Candidates(embedded.query(), List.of(), first == null ? reason : first, embedded.embedMs(), 0)));
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
            return FilterMatcher.of(FilterCodec.parse(query.filter()));
        } catch (CodecException impossible) {
            throw new IllegalStateException("a filter was let through unchecked: " + query.filter(), impossible);
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        waitingState.update(waiting.all());
        origin.store(embedderFingerprint, settings.embedText());
    }
}
