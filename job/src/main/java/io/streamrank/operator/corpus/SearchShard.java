// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.DocumentKey;
import io.streamrank.inference.Models;
import io.streamrank.operator.corpus.CollectionIndex.Found;
import io.streamrank.operator.corpus.FilterCache.ParsedFilter;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.ShardAnswer;
import io.streamrank.state.TextTemplate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Finds each query's best documents in this shard, which are the documents whose keys Flink gives to this subtask. Queries come by
 * broadcast, and changes of documents by key. Keyed state holds the documents, so a restore may change the number of shards; the
 * index is made from it.
 *
 * <p>At a barrier all shards have the same queries waiting, but for those whose time has run out. So the first shard writes them, and
 * after a restore all shards read them.
 */
public final class SearchShard extends SearchCorpus<ShardAnswer> implements Triggerable<DocumentKey, VoidNamespace> {
    private static final long serialVersionUID = 1L;

    private static final ValueStateDescriptor<CorpusEntry> DOCUMENT =
            new ValueStateDescriptor<>("document", SharedSerializer.of(TypeInformation.of(CorpusEntry.class)));

    private transient CorpusIndex shard;
    private transient ValueState<CorpusEntry> documents;
    private transient InternalTimerService<VoidNamespace> timers;
    /** Deletes that the state holds, for {@link #open}. Their retention starts anew, as the documents may still be on their way. */
    private transient List<DocumentKey> restoredDeletes;

    /**
     * @param distinctText what documents with the same text have in common, of which the nearest is a candidate; null to take
     *     copies, too
     */
    public SearchShard(Models models, CorpusConfig settings, @Nullable TextTemplate distinctText) {
        super(models, settings, distinctText);
    }

    @Override
    CorpusIndex restoreIndex(StateInitializationContext context) throws Exception {
        Tombstones tombstones = new Tombstones(settings.tombstoneRetention().toMillis(), Integer.MAX_VALUE);
        shard = new CorpusIndex(settings.sparse(), distinctText, tombstones);
        documents = context.getKeyedStateStore().getState(DOCUMENT);
        restoredDeletes = new ArrayList<>();
        KeyedStateBackend<DocumentKey> backend = getKeyedStateBackend();
        try (Stream<DocumentKey> keys = backend.getKeys(DOCUMENT.getName(), VoidNamespace.INSTANCE)) {
            for (Iterator<DocumentKey> each = keys.iterator(); each.hasNext(); ) {
                DocumentKey key = each.next();
                backend.setCurrentKey(key);
                CorpusEntry entry = documents.value();
                if (entry.isTombstone()) {
                    restoredDeletes.add(key);
                } else {
                    CorpusEntry unused = shard.restore(key, entry);
                }
            }
        }
        return shard;
    }

    @Override
    public void open() throws Exception {
        super.open();
        timers = getInternalTimerService("tombstones", VoidNamespaceSerializer.INSTANCE, this);
        for (DocumentKey key : restoredDeletes) {
            setCurrentKey(key);
            keep(shard.restore(key, documents.value().restoredAt(timers.currentProcessingTime())));
        }
        restoredDeletes = List.of();
    }

    /** Puts what the index has taken into the state, a delete until its retention is over. */
    private void keep(CorpusEntry entry) throws Exception {
        documents.update(entry);
        if (entry.isTombstone()) {
            timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, forgottenAtMs(entry));
        }
    }

    @Override
    ListState<EmbeddedQuery> waitingQueries(OperatorStateStore store, ListStateDescriptor<EmbeddedQuery> descriptor)
            throws Exception {
        return store.getUnionListState(descriptor);
    }

    @Override
    boolean writesWaitingQueries() {
        return shardNumber() == 0;
    }

    private int shardNumber() {
        return getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    }

    /** Puts the update into index and state, unless a newer version of the document is known. */
    @Override
    public void processElement2(StreamRecord<CorpusUpdate> record) throws Exception {
        CorpusUpdate update = record.getValue();
        CorpusEntry applied = update.appliedAt(timers.currentProcessingTime());
        if (shard.offer(update.key(), applied).equals(applied)) {
            keep(applied);
        }
    }

    private long forgottenAtMs(CorpusEntry tombstone) {
        return tombstone.appliedAtMs() + settings.tombstoneRetention().toMillis();
    }

    /** Forgets the delete, unless the document was written or deleted again since. */
    @Override
    public void onProcessingTime(InternalTimer<DocumentKey, VoidNamespace> timer) throws Exception {
        CorpusEntry entry = documents.value();
        if (entry != null && entry.isTombstone() && forgottenAtMs(entry) <= timer.getTimestamp()) {
            documents.clear();
            shard.forgetExpired(timer.getTimestamp());
        }
    }

    @Override
    public void onEventTime(InternalTimer<DocumentKey, VoidNamespace> timer) {
        throw new IllegalStateException("deletes are forgotten by processing time alone");
    }

    @Override
    Found search(CorpusIndex index, EmbeddedQuery embedded, @Nullable ParsedFilter filter) {
        return index.searchPart(embedded.query(), embedded.embedding(), filter);
    }

    @Override
    ShardAnswer answer(EmbeddedQuery embedded, Found found, @Nullable DegradedReason refusal, long elapsedMs) {
        return new ShardAnswer(
                embedded.query().origin(),
                shardNumber(),
                getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
                found.candidates(),
                found.sparse(),
                found.remarks(),
                refusal,
                elapsedMs);
    }

    @Override
    public void close() throws Exception {
        super.close();
        if (shard != null) { // it was opened
            shard.close();
        }
    }
}
