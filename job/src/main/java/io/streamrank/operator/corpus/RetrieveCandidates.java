// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Query;
import io.streamrank.inference.Models;
import io.streamrank.operator.corpus.CollectionIndex.Found;
import io.streamrank.operator.corpus.CorpusIndexes.Attempt;
import io.streamrank.operator.corpus.CorpusIndexes.Loan;
import io.streamrank.operator.corpus.FilterCache.ParsedFilter;
import io.streamrank.state.Candidates;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.TextTemplate;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Finds each query's candidates in the whole corpus, whose changes come by broadcast. The subtasks of a process share one
 * index, and each has the corpus in its state.
 */
public final class RetrieveCandidates extends SearchCorpus<Candidates> {
    private static final long serialVersionUID = 1L;

    /** Describes the broadcast state that holds the corpus. */
    public static final MapStateDescriptor<DocumentKey, CorpusEntry> CORPUS = new MapStateDescriptor<>(
            "corpus", SharedSerializer.of(DocumentKey.class), SharedSerializer.of(CorpusEntry.class));

    private transient @Nullable Loan loan;
    private transient Corpus corpus;

    /**
     * @param distinctText what documents with the same text have in common, of which the nearest is a candidate; null to take
     *     copies, too
     */
    public RetrieveCandidates(Models models, CorpusConfig settings, @Nullable TextTemplate distinctText) {
        super(models, settings, distinctText);
    }

    @Override
    CorpusIndex restoreIndex(StateInitializationContext context) throws Exception {
        loan = CorpusIndexes.borrow(
                new Attempt(
                        getRuntimeContext().getJobInfo().getJobId(),
                        getRuntimeContext().getTaskInfo().getAttemptNumber()),
                () -> new CorpusIndex(settings.sparse(), distinctText));
        corpus = new Corpus(
                context.getOperatorStateStore().getBroadcastState(CORPUS),
                settings.tombstoneRetention().toMillis(),
                loan.index());
        return loan.index();
    }

    @Override
    ListState<EmbeddedQuery> waitingQueries(OperatorStateStore store, ListStateDescriptor<EmbeddedQuery> descriptor)
            throws Exception {
        return store.getListState(descriptor);
    }

    @Override
    boolean writesWaitingQueries() {
        return true; // each subtask has queries of its own
    }

    @Override
    public void processElement2(StreamRecord<CorpusUpdate> record) throws Exception {
        corpus.apply(record.getValue(), getProcessingTimeService().getCurrentProcessingTime());
    }

    @Override
    Found search(CorpusIndex index, EmbeddedQuery embedded, @Nullable ParsedFilter filter) {
        return index.search(embedded.query(), embedded.embedding(), filter);
    }

    @Override
    Candidates answer(EmbeddedQuery embedded, Found found, @Nullable DegradedReason refusal, long elapsedMs) {
        Query query = embedded.query();
        DegradedReason first = embedded.degradedReason();
        return new Candidates(
                query,
                found.candidates(),
                first == null ? refusal : first,
                embedded.embedMs(),
                elapsedMs,
                query.remarks().plus(found.remarks()));
    }

    @Override
    public void close() throws Exception {
        super.close();
        if (loan != null) {
            loan.close();
        }
    }
}
