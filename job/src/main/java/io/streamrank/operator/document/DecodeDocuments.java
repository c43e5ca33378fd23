// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.document;

import io.streamrank.codec.CodecException;
import io.streamrank.codec.Decoded;
import io.streamrank.codec.DocumentCodec;
import io.streamrank.codec.Limits;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Version;
import io.streamrank.operator.DeadLetters;
import io.streamrank.operator.JobMetrics;
import io.streamrank.state.PartitionTime;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Bytes to upserts and deletes; unreadable records leave as dead letters. Sees to it that the versions' time never goes back
 * within a partition, whatever clocks the producers have. Runs with parallelism 1.
 */
public final class DecodeDocuments extends ProcessFunction<RawRecord, DocumentChange> implements CheckpointedFunction {
    private static final long serialVersionUID = 1L;

    public static final String STAGE = "decode-documents";

    private final Limits limits;

    private transient ListState<PartitionTime> latestState;
    private transient Map<Integer, Long> latestMs;
    private transient DocumentCodec codec;
    private transient DeadLetters deadLetters;
    private transient Counter received;
    private transient Counter unknownFields;

    public DecodeDocuments(Limits limits) {
        this.limits = limits;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        latestState = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("partition-times", PartitionTime.class));
        latestMs = new HashMap<>();
        for (PartitionTime restored : latestState.get()) {
            latestMs.put(restored.partition(), restored.timestampMs());
        }
    }

    @Override
    public void open(OpenContext context) {
        JobMetrics metrics = new JobMetrics(getRuntimeContext().getMetricGroup());
        codec = new DocumentCodec(limits);
        deadLetters = new DeadLetters(metrics);
        received = metrics.counter("documents.received");
        unknownFields = metrics.counter("documents.unknownFields");
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<DocumentChange> out) {
        received.inc();
        try {
            Decoded<DocumentChange> decoded = codec.decode(record);
            unknownFields.inc(decoded.unknownFields().size());
            out.collect(inOrder(decoded.value()));
        } catch (CodecException refusal) {
            context.output(DeadLetters.TAG, deadLetters.refuse(record, STAGE, refusal));
        }
    }

    private DocumentChange inOrder(DocumentChange change) {
        Version read = change.version();
        Version version = read.notBefore(latestMs.getOrDefault(read.partition(), Long.MIN_VALUE));
        latestMs.put(version.partition(), version.timestampMs());
        return new DocumentChange(change.collection(), change.id(), version, change.document(), change.source());
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        latestState.clear();
        for (Map.Entry<Integer, Long> partition : latestMs.entrySet()) {
            latestState.add(new PartitionTime(partition.getKey(), partition.getValue()));
        }
    }
}
