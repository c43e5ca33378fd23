// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.document;

import io.streamrank.event.RawRecord;
import io.streamrank.event.TopicExtent;
import io.streamrank.state.CorpusTopic;
import io.streamrank.state.PartitionProgress;
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
 * Keeps how far each partition of the documents topic has been read. Two things follow from it; runs with parallelism 1.
 *
 * <p>It sends one watermark when the topic has been read to where it ended when the job started. Watermarks overtake
 * nothing, so every copy of the corpus gets it after the last of those documents, whatever parallel parts they went through.
 * With two partitions that ended at offsets 7 and 3, it is sent behind the record that makes both true: 0@7 after 1@3.
 *
 * <p>It gives each record the latest timestamp of its partition as event time, so that time never goes back within a
 * partition, whatever clocks the producers have: timestamps 20, 10, 30 become 20, 20, 30. The record itself stays as it was
 * read. Records that turn out unreadable count too, as nobody has looked at their bytes yet.
 *
 * <p>A state that was made from another documents topic ends the job: its offsets would be taken for those of this one, and
 * new documents for older than what is known.
 */
public final class TrackCorpusLoading extends AbstractStreamOperator<RawRecord>
        implements OneInputStreamOperator<RawRecord, RawRecord> {
    private static final long serialVersionUID = 1L;

    /** Says that the corpus is loaded. */
    public static final Watermark LOADED = new Watermark(0);

    private final TopicExtent documents;
    private final Duration timeout;
    private final String submission = UUID.randomUUID().toString();

    private transient ListState<PartitionProgress> partitionState;
    private transient ListState<CorpusTopic> topicState;
    private transient Map<Integer, PartitionProgress> partitions;
    private transient boolean loaded;

    /**
     * @param documents as the topic was when the job was submitted
     * @param timeout after this the watermark is sent all the same
     */
    public TrackCorpusLoading(TopicExtent documents, Duration timeout) {
        this.documents = documents;
        this.timeout = timeout;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        partitionState = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("partitions", PartitionProgress.class));
        partitions = new HashMap<>();
        for (PartitionProgress restored : partitionState.get()) {
            partitions.put(restored.partition(), restored);
        }
        topicState = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("documents-topic", CorpusTopic.class));
        checkTopic();
    }

    private void checkTopic() throws Exception {
        for (CorpusTopic written : topicState.get()) {
            if (written.submission().equals(submission)) {
                return; // the same submission: the job has read on since it looked the topic up
            }
            if (!written.topic().equals(documents.topic())) {
                throw otherTopic("the state was made from the documents topic " + written.topic() + " but "
                        + documents.topic() + " is configured, whose offsets differ; set"
                        + " kafka.topics.documents to " + written.topic() + ", or");
            }
        }
        for (PartitionProgress read : partitions.values()) {
            long end = documents.ends().getOrDefault(read.partition(), 0L);
            if (read.offset() >= end) {
                throw otherTopic("the state holds partition " + read.partition() + " of the documents topic "
                        + documents.topic() + " up to offset " + read.offset() + " but the partition ends at "
                        + end + ": the topic was created again or has lost records;");
            }
        }
    }

    private static SuppressRestartsException otherTopic(String why) {
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
        PartitionProgress progress = advance(record.getValue());
        record.setTimestamp(progress.latestMs());
        output.collect(record);
        if (!loaded) {
            announceIfLoaded();
        }
    }

    private PartitionProgress advance(RawRecord record) {
        PartitionProgress before = partitions.get(record.partition());
        long latestMs = before == null ? record.timestampMs() : Math.max(before.latestMs(), record.timestampMs());
        PartitionProgress now = new PartitionProgress(record.partition(), record.offset(), latestMs);
        partitions.put(record.partition(), now);
        return now;
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
                .filter(last -> !hasRead(last.getKey(), last.getValue()))
                .count();
    }

    private boolean hasRead(int partition, long offset) {
        PartitionProgress progress = partitions.get(partition);
        return progress != null && progress.offset() >= offset;
    }

    private void announce() {
        loaded = true;
        output.emitWatermark(LOADED);
    }

    /** Stops the source's own watermarks. At its end a bounded source is loaded, whatever it was expected to hold. */
    @Override
    public void processWatermark(Watermark mark) {
        if (!loaded && mark.equals(Watermark.MAX_WATERMARK)) {
            announce();
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        partitionState.update(List.copyOf(partitions.values()));
        topicState.update(List.of(new CorpusTopic(documents.topic(), submission)));
    }
}
