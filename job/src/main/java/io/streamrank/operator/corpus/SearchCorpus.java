// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Remarks;
import io.streamrank.inference.Models;
import io.streamrank.operator.JobMetrics;
import io.streamrank.operator.ModelUse;
import io.streamrank.operator.corpus.CollectionIndex.Found;
import io.streamrank.operator.corpus.FilterCache.ParsedFilter;
import io.streamrank.operator.document.TrackCorpusLoading;
import io.streamrank.retrieval.FlatIndex;
import io.streamrank.retrieval.sparse.SparseIndex;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.TextTemplate;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
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
 * Searches the corpus, which the second input keeps current, for the queries of the first.
 * Queries that come before the corpus is loaded wait in operator state, each until its own time limit at most; those that
 * find no room are answered at once. It is an operator rather than a function because it has to see the second
 * input's watermark, which {@link TrackCorpusLoading} sends when the corpus is loaded.
 *
 * @param <R> what is found
 */
abstract class SearchCorpus<R> extends AbstractStreamOperator<R>
        implements TwoInputStreamOperator<EmbeddedQuery, CorpusUpdate, R> {
    private static final long serialVersionUID = 1L;

    private final Models models;
    final CorpusConfig settings;
    final @Nullable TextTemplate distinctText;

    private transient CorpusIndex index;
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
    SearchCorpus(Models models, CorpusConfig settings, @Nullable TextTemplate distinctText) {
        this.models = models;
        this.settings = settings;
        this.distinctText = distinctText;
    }

    /** Returns the index, with what the state holds. */
    abstract CorpusIndex restoreIndex(StateInitializationContext context) throws Exception;

    /** Returns the state of the queries that wait. */
    abstract ListState<EmbeddedQuery> waitingQueries(
            OperatorStateStore store, ListStateDescriptor<EmbeddedQuery> descriptor) throws Exception;

    /** Returns whether this subtask is the one that writes the queries that wait. */
    abstract boolean writesWaitingQueries();

    /** Searches the index for a query. */
    abstract Found search(CorpusIndex index, EmbeddedQuery embedded, @Nullable ParsedFilter filter);

    /**
     * Makes an answer.
     *
     * @param refusal why there was no search; null if there was one
     */
    abstract R answer(EmbeddedQuery query, Found found, @Nullable DegradedReason refusal, long elapsedMs);

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        OperatorStateStore store = context.getOperatorStateStore();
        waitingState = waitingQueries(store, new ListStateDescriptor<>("waiting-queries", EmbeddedQuery.class));
        embedderFingerprint = ModelUse.embedderFingerprint(models);
        compatibility = new EmbeddingCompatibility(store);
        compatibility.check(embedderFingerprint, settings.embedText());
        index = restoreIndex(context);
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
        metrics.gauge("corpus.documents", () -> index.documents());
        metrics.gauge("corpus.bytes", () -> index.bytes());
        metrics.gauge("corpus.sparseTerms", () -> index.sparse(SparseIndex::terms));
        metrics.gauge("corpus.sparsePostings", () -> index.sparse(SparseIndex::postings));
        metrics.gauge("corpus.sparseBytes", () -> index.sparse(SparseIndex::bytes));
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
            search(record.getValue());
        } else if (waiting.isFull()) {
            refuse(record.getValue(), DegradedReason.OVERLOAD);
        } else {
            waiting.add(record.getValue());
            setTimer();
        }
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
        waiting.takeAll().forEach(this::search);
    }

    /** Sets a timer for the query with the least time left, unless one is set for then or before. */
    private void setTimer() {
        long next = waiting.nextDeadlineMs();
        if (next < timerMs) {
            timerMs = next;
            getProcessingTimeService().registerTimer(next, this::refuseExpired);
        }
    }

    private void refuseExpired(long nowMs) {
        timerMs = WaitingQueries.NEVER;
        waiting.takeExpired(nowMs).forEach(query -> refuse(query, DegradedReason.TIMEOUT));
        setTimer();
    }

    private void refuse(EmbeddedQuery embedded, DegradedReason reason) {
        output.collect(new StreamRecord<>(answer(embedded, new Found(List.of(), Remarks.NONE), reason, 0)));
    }

    /** Finds the candidates; of a query that could not be embedded by its words. */
    private void search(EmbeddedQuery embedded) {
        Clock clock = getProcessingTimeService().getClock();
        long startMs = clock.relativeTimeMillis();
        Found found = search(index, embedded, filters.get(embedded.query().filter()));
        long elapsedMs = clock.relativeTimeMillis() - startMs;
        retrieveMs.update(elapsedMs);
        output.collect(new StreamRecord<>(answer(embedded, found, null, elapsedMs)));
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        waitingState.update(writesWaitingQueries() ? waiting.all() : List.of());
        compatibility.store(embedderFingerprint, settings.embedText());
    }
}
