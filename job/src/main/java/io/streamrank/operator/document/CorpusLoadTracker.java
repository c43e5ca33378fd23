// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.document;

import io.streamrank.event.RawRecord;
import io.streamrank.event.TopicExtent;
import io.streamrank.state.CorpusTopic;
import io.streamrank.state.PartitionOffset;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Follows how far the documents topic has been read and sends one watermark when that is as far as it went when the job
 * started. Watermarks overtake nothing, so every copy of the corpus gets it after the last of those documents, whatever
 * parallel parts they went through. Runs with parallelism 1.
 *
 * <p>A state that was made from another documents topic ends the job: its offsets would be taken for those of this one, and
 * new documents for older than what is known.
 */
public final class CorpusLoadTracker extends AbstractStreamOperator<RawRecord>
        implements OneInputStreamOperator<RawRecord, RawRecord> {
    private static final long serialVersionUID = 1L;

    public static final Watermark LOADED = new Watermark(0);

    private final TopicExtent documents;
    private final Duration timeout;
    private final String submission = UUID.randomUUID().toString();

    private transient ListState<PartitionOffset> readState;
    private transient ListState<CorpusTopic> topicState;
    private transient Map<Integer, Long> read;
    private transient boolean loaded;

    /**
     * @param documents as the topic was when the job was submitted
     * @param timeout after this the watermark is sent all the same
     */
    public CorpusLoadTracker(TopicExtent documents, Duration timeout) {
        this.documents = documents;
        this.timeout = timeout;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        readState = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("read-offsets", PartitionOffset.class));
        read = new HashMap<>();
        for (PartitionOffset restored : readState.get()) {
            read.put(restored.partition(), restored.offset());
        }
        topicState = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("documents-topic", CorpusTopic.class));
        refuseOtherTopic();
    }

    /** Versions that did not keep the topic's name left the offsets alone. */
    private void refuseOtherTopic() throws Exception {
        for (CorpusTopic written : topicState.get()) {
            if (written.submission().equals(submission)) {
                return; // a job that goes on by itself has read on since the topic was looked at
            }
            if (!written.topic().equals(documents.topic())) {
                throw refused("the state was made from the documents topic " + written.topic() + " but "
                        + documents.topic() + " is configured, whose offsets differ; set"
                        + " kafka.topics.documents to " + written.topic() + ", or");
            }
        }
        for (Map.Entry<Integer, Long> partition : read.entrySet()) {
            long end = documents.ends().getOrDefault(partition.getKey(), 0L);
            if (partition.getValue() >= end) {
                throw refused("the state holds partition " + partition.getKey() + " of the documents topic "
                        + documents.topic() + " up to offset " + partition.getValue() + " but the partition ends at "
                        + end + ": the topic was created again or has lost records;");
            }
        }
    }

    private static SuppressRestartsException refused(String why) {
        return new SuppressRestartsException(
                new IllegalStateException(why + " start without state so that the documents are read again"));
    }

    @Override
    public void open() throws Exception {
        super.open();
        long now = getProcessingTimeService().getCurrentProcessingTime();
        // Not from here: downstream may not take elements before every operator is open.
        getProcessingTimeService().registerTimer(now, time -> announceIfLoaded());
        getProcessingTimeService().registerTimer(now + timeout.toMillis(), time -> giveUpWaiting());
    }

    @Override
    public void processElement(StreamRecord<RawRecord> record) {
        RawRecord raw = record.getValue();
        read.put(raw.partition(), raw.offset());
        output.collect(record);
        if (!loaded) {
            announceIfLoaded();
        }
    }

    private void announceIfLoaded() {
        if (!loaded && remaining() == 0) {
            announce();
        }
    }

    private void giveUpWaiting() {
        if (!loaded) {
            LOG.warn(
                    "The documents topic was not read to its end within {}: {} of {} partitions lack records. Queries are"
                            + " answered from what is there; raise corpus.wait-timeout to wait longer.",
                    timeout,
                    remaining(),
                    documents.lastRecords().size());
            announce();
        }
    }

    private long remaining() {
        return documents.lastRecords().entrySet().stream()
                .filter(last -> read.getOrDefault(last.getKey(), -1L) < last.getValue())
                .count();
    }

    private void announce() {
        loaded = true;
        output.emitWatermark(LOADED);
    }

    /** The source's own watermarks stop here; at its end a bounded source is loaded whatever it was expected to hold. */
    @Override
    public void processWatermark(Watermark mark) {
        if (!loaded && mark.equals(Watermark.MAX_WATERMARK)) {
            announce();
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        readState.clear();
        for (Map.Entry<Integer, Long> partition : read.entrySet()) {
            readState.add(new PartitionOffset(partition.getKey(), partition.getValue()));
        }
        topicState.update(List.of(new CorpusTopic(documents.topic(), submission)));
    }
}
