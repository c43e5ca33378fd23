// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import io.streamrank.inference.Models;
import io.streamrank.operator.JobMetrics;
import io.streamrank.operator.ModelUse;
import io.streamrank.operator.corpus.CollectionIndex.Found;
import io.streamrank.operator.document.TrackCorpusLoading;
import io.streamrank.retrieval.FlatIndex;
import io.streamrank.retrieval.sparse.SparseIndex;
import io.streamrank.state.Candidates;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.TextTemplate;
import java.util.List;
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
import org.apache.flink.util.clock.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Finds each query's candidates in this subtask's copy of the corpus, which the second input, broadcast, keeps current.
 * Queries that come before the corpus is loaded wait in operator state, each until its own time limit at most; those that
 * find no room are answered at once. It is an operator rather than a broadcast function because it has to see the second
 * input's watermark, which {@link TrackCorpusLoading} sends when the corpus is loaded.
 */
public final class RetrieveCandidates extends AbstractStreamOperator<Candidates>
        implements TwoInputStreamOperator<EmbeddedQuery, CorpusUpdate, Candidates> {
    private static final long serialVersionUID = 1L;

    /** Describes the broadcast state that holds the corpus. */
    public static final MapStateDescriptor<DocumentKey, CorpusEntry> CORPUS = new MapStateDescriptor<>(
            "corpus", SharedSerializer.of(DocumentKey.class), SharedSerializer.of(CorpusEntry.class));

    private final Models models;
    private final CorpusConfig settings;
    private final @Nullable TextTemplate distinctText;

    private transient Corpus corpus;
    private transient ListState<EmbeddedQuery> waitingState;
    private transient EmbeddingCompatibility compatibility;
    private transient WaitingQueries waiting;
    private transient long timerMs;
    private transient FilterCache filters;
    private transient String embedderFingerprint;
    private transient Histogram retrieveMs;
    private transient boolean loaded;

    /**
     * @param distinctText what documents with the same text have in common, of which the nearest is a candidate; null to take
     *     copies, too
     */
    public RetrieveCandidates(Models models, CorpusConfig settings, @Nullable TextTemplate distinctText) {
        this.models = models;
        this.settings = settings;
        this.distinctText = distinctText;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        waitingState = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("waiting-queries", EmbeddedQuery.class));
        embedderFingerprint = ModelUse.embedderFingerprint(models);
        compatibility = new EmbeddingCompatibility(context.getOperatorStateStore());
        compatibility.check(embedderFingerprint, settings.embedText());
        corpus = new Corpus(
                context.getOperatorStateStore().getBroadcastState(CORPUS),
                settings.tombstoneRetention().toMillis(),
                settings.sparse(),
                distinctText);
        waiting = new WaitingQueries(settings.maxWaitingQueries());
        waitingState.get().forEach(waiting::add);
        timerMs = WaitingQueries.NEVER;
        filters = new FilterCache();
        loaded = !settings.waitUntilLoaded();
    }

    @Override
    public void open() throws Exception {
        super.open();
        int unused = FlatIndex.warmUp();
        JobMetrics metrics = new JobMetrics(getMetricGroup());
        metrics.gauge("corpus.documents", () -> corpus.documents());
        metrics.gauge("corpus.bytes", () -> corpus.bytes());
        metrics.gauge("corpus.sparseTerms", () -> corpus.sparse(SparseIndex::terms));
        metrics.gauge("corpus.sparsePostings", () -> corpus.sparse(SparseIndex::postings));
        metrics.gauge("corpus.sparseBytes", () -> corpus.sparse(SparseIndex::bytes));
        metrics.gauge("corpus.loaded", () -> loaded ? 1 : 0);
        metrics.gauge("queries.waiting", () -> waiting.size());
        retrieveMs = metrics.millis("retrieve");
        if (loaded) {
            // Not from here: downstream may not take elements before every operator is open.
            ProcessingTimeService clock = getProcessingTimeService();
            clock.registerTimer(clock.getCurrentProcessingTime(), time -> answerWaiting());
        } else {
            setTimer();
        }
    }

    @Override
    public void processElement1(StreamRecord<EmbeddedQuery> record) {
        if (loaded) {
            retrieve(record.getValue());
        } else if (waiting.isFull()) {
            answerEmpty(record.getValue(), DegradedReason.OVERLOAD);
        } else {
            waiting.add(record.getValue());
            setTimer();
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

    /** Drops the queries' watermarks, as it does those of the documents: time means nothing downstream. */
    @Override
    public void processWatermark1(Watermark mark) {}

    private void answerWaiting() {
        waiting.takeAll().forEach(this::retrieve);
    }

    /** Sets a timer for the query with the least time left, unless one is set for then or before. */
    private void setTimer() {
        long next = waiting.nextDeadlineMs();
        if (next < timerMs) {
            timerMs = next;
            getProcessingTimeService().registerTimer(next, this::answerExpired);
        }
    }

    private void answerExpired(long nowMs) {
        timerMs = WaitingQueries.NEVER;
        waiting.takeExpired(nowMs).forEach(query -> answerEmpty(query, DegradedReason.TIMEOUT));
        setTimer();
    }

    private void answerEmpty(EmbeddedQuery embedded, DegradedReason reason) {
        DegradedReason first = embedded.degradedReason();
        output.collect(new StreamRecord<>(
                answer(embedded, new Found(List.of(), Remarks.NONE), first == null ? reason : first, 0)));
    }

    /** Finds the candidates; of a query that could not be embedded by its words. */
    private void retrieve(EmbeddedQuery embedded) {
        Query query = embedded.query();
        Clock clock = getProcessingTimeService().getClock();
        long startMs = clock.relativeTimeMillis();
        Found found = corpus.search(query, embedded.embedding(), filters.get(query.filter()));
        long elapsedMs = clock.relativeTimeMillis() - startMs;
        retrieveMs.update(elapsedMs);
        output.collect(new StreamRecord<>(answer(embedded, found, embedded.degradedReason(), elapsedMs)));
    }

    private static Candidates answer(
            EmbeddedQuery embedded, Found found, @Nullable DegradedReason reason, long elapsedMs) {
        Query query = embedded.query();
        return new Candidates(
                query,
                found.candidates(),
                reason,
                embedded.embedMs(),
                elapsedMs,
                query.remarks().plus(found.remarks()));
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        waitingState.update(waiting.all());
        compatibility.store(embedderFingerprint, settings.embedText());
    }

    @Override
    public void close() throws Exception {
        super.close();
        if (corpus != null) {
            corpus.close();
        }
    }
}
