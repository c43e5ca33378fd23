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
import io.streamrank.state.CorpusRecord;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.TextTemplate;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Finds each query's candidates in the whole corpus, whose changes come by broadcast. The subtasks of a process share one index.
 * Each writes a share of the corpus to checkpoints, and reads all shares after a restore, so their number may change.
 */
public final class RetrieveCandidates extends SearchCorpus<Candidates> {
    private static final long serialVersionUID = 1L;

    /** Describes the state that holds the corpus, in parts. */
    static final ListStateDescriptor<List<CorpusRecord>> SHARES = new ListStateDescriptor<>(
            "corpus-shares", SharedSerializer.of(Types.LIST(TypeInformation.of(CorpusRecord.class))));

    /** Describes the broadcast state that held the corpus before, whole in each subtask. */
    private static final MapStateDescriptor<DocumentKey, CorpusEntry> WHOLE = new MapStateDescriptor<>(
            "corpus", TypeInformation.of(DocumentKey.class), TypeInformation.of(CorpusEntry.class));

    private transient @Nullable Loan loan;
    private transient Corpus corpus;
    private transient ListState<List<CorpusRecord>> shares;

    /**
     * @param distinctText what documents with the same text have in common, of which the nearest is a candidate; null to take
     *     copies, too
     */
    public RetrieveCandidates(Models models, CorpusConfig settings, @Nullable TextTemplate distinctText) {
        super(models, settings, distinctText);
    }

    @Override
    CorpusIndex restoreIndex(StateInitializationContext context) throws Exception {
        long retentionMs = settings.tombstoneRetention().toMillis();
        TaskInfo task = getRuntimeContext().getTaskInfo();
        loan = CorpusIndexes.borrow(
                new Attempt(getRuntimeContext().getJobInfo().getJobId(), task.getAttemptNumber()),
                () -> new CorpusIndex(settings.sparse(), distinctText, new Tombstones(retentionMs, Tombstones.LEAST)));
        corpus = new Corpus(
                loan.index(),
                new CorpusShare(task.getIndexOfThisSubtask(), task.getNumberOfParallelSubtasks(), retentionMs));
        restore(context.getOperatorStateStore(), getProcessingTimeService().getCurrentProcessingTime());
        return loan.index();
    }

    private void restore(OperatorStateStore store, long nowMs) throws Exception {
        shares = store.getUnionListState(SHARES);
        shares.get().forEach(records -> records.forEach(record -> corpus.restore(record, nowMs)));
        shares.clear();
        BroadcastState<DocumentKey, CorpusEntry> whole = store.getBroadcastState(WHOLE);
        for (Map.Entry<DocumentKey, CorpusEntry> each : whole.entries()) {
            corpus.restore(new CorpusRecord(each.getKey(), each.getValue()), nowMs);
        }
        whole.clear();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        shares.update(corpus.chunks());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        shares.clear(); // it would keep documents that are replaced meanwhile; Flink has made a copy
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        super.notifyCheckpointAborted(checkpointId);
        shares.clear();
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
