// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.event.RawRecord;
import io.streamrank.event.TopicExtent;
import io.streamrank.state.PartitionProgress;
import io.streamrank.testing.TestEvents;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.testutils.logging.LoggerAuditingExtension;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

class TrackCorpusLoadingTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    @RegisterExtension
    final LoggerAuditingExtension log = new LoggerAuditingExtension(AbstractStreamOperator.class, Level.WARN);

    @Test
    void announcesOnceWhenEveryPartitionHasBeenReadToWhereItEnded() throws Exception {
        try (var harness = harness(Map.of(0, 7L, 2, 3L))) {
            harness.open();
            harness.setProcessingTime(1);
            harness.processElement(TestEvents.raw(0, 7, "x"), 0);
            harness.processElement(TestEvents.raw(2, 2, "x"), 0);
            assertThat(watermarks(harness)).isZero();
            // A compacted topic may skip offsets.
            harness.processElement(TestEvents.raw(2, 5, "x"), 0);
            assertThat(watermarks(harness)).isEqualTo(1);
            harness.processElement(TestEvents.raw(2, 6, "x"), 0);
            assertThat(watermarks(harness)).isEqualTo(1);
            assertThat(harness.extractOutputValues()).hasSize(4);
        }
    }

    @Test
    void announcesAtOnceWhenTheTopicIsEmpty() throws Exception {
        try (var harness = harness(Map.of())) {
            harness.open();
            harness.setProcessingTime(1);
            assertThat(watermarks(harness)).isEqualTo(1);
        }
    }

    @Test
    void givesUpAfterTheTimeoutAndSaysSo() throws Exception {
        try (var harness = harness(Map.of(0, 7L, 1, 2L))) {
            harness.open();
            harness.processElement(TestEvents.raw(1, 2, "x"), 0);
            harness.setProcessingTime(TIMEOUT.toMillis() - 1);
            assertThat(watermarks(harness)).isZero();
            assertThat(log.getMessages()).isEmpty();
            harness.setProcessingTime(TIMEOUT.toMillis());
            assertThat(watermarks(harness)).isEqualTo(1);
            assertThat(log.getMessages())
                    .containsExactly(
                            "The documents topic was not read to its end within PT5M: 1 of 2 partitions lack records."
                                    + " Queries are answered from what is there; raise corpus.wait-timeout to wait longer.");
        }
    }

    @Test
    void remembersWhatWasReadAcrossARestore() throws Exception {
        OperatorSubtaskState state;
        try (var harness = harness(Map.of(0, 7L, 1, 1L))) {
            harness.open();
            harness.processElement(TestEvents.raw(0, 7, "x"), 0);
            state = harness.snapshot(1, 1);
        }
        try (var harness = harness(Map.of(0, 7L))) {
            harness.initializeState(state);
            harness.open();
            harness.setProcessingTime(1);
            assertThat(watermarks(harness)).isEqualTo(1);
        }
    }

    @Test
    void takesTheEndOfABoundedSourceForLoaded() throws Exception {
        try (var harness = harness(Map.of(0, 7L))) {
            harness.open();
            harness.processWatermark(new Watermark(5));
            assertThat(watermarks(harness)).isZero();
            harness.processWatermark(Watermark.MAX_WATERMARK);
            assertThat(watermarks(harness)).isEqualTo(1);
        }
    }

    @Test
    void refusesStateOfATopicOfAnotherName() throws Exception {
        OperatorSubtaskState state =
                stateOf(new TopicExtent("books", Map.of(), Map.of(0, 8L)), TestEvents.raw(0, 7, "x"));
        try (var harness = harness(new TopicExtent("films", Map.of(0, 9L), Map.of(0, 10L)))) {
            assertThatThrownBy(() -> harness.initializeState(state))
                    .rootCause()
                    .hasMessage(
                            "the state was made from the documents topic books but films is configured, whose offsets"
                                    + " differ; set kafka.topics.documents to books, or start without state so that the"
                                    + " documents are read again");
        }
    }

    @Test
    void refusesStateThatReadFurtherThanTheTopicGoes() throws Exception {
        OperatorSubtaskState state = stateOf(
                new TopicExtent("books", Map.of(), Map.of()), TestEvents.raw(0, 3, "x"), TestEvents.raw(1, 500, "x"));
        try (var harness = harness(new TopicExtent("books", Map.of(0, 3L, 1, 3L), Map.of(0, 4L, 1, 4L)))) {
            assertThatThrownBy(() -> harness.initializeState(state))
                    .rootCause()
                    .hasMessage(
                            "the state holds partition 1 of the documents topic books up to offset 500 but the partition"
                                    + " ends at 4: the topic was created again or has lost records; start without state so that the"
                                    + " documents are read again");
        }
    }

    /** The last record may be gone since it was read: it deleted something, and the topic was compacted. */
    @Test
    void goesOnWhereTheLastRecordIsGoneButTheEndIsNot() throws Exception {
        OperatorSubtaskState state = stateOf(new TopicExtent("books", Map.of(), Map.of()), TestEvents.raw(0, 7, "x"));
        try (var harness = harness(new TopicExtent("books", Map.of(0, 5L), Map.of(0, 8L)))) {
            harness.initializeState(state);
            harness.open();
            harness.setProcessingTime(1);
            assertThat(watermarks(harness)).isEqualTo(1);
        }
    }

    /** After a failure the job goes on with what was looked up when it was submitted, which may be long ago. */
    @Test
    void aJobThatGoesOnByItselfMayHaveReadFurtherThanTheTopicWent() throws Exception {
        TrackCorpusLoading submitted =
                new TrackCorpusLoading(new TopicExtent("books", Map.of(0, 3L), Map.of(0, 4L)), TIMEOUT);
        OperatorSubtaskState state;
        try (var harness = harness(InstantiationUtil.clone(submitted))) {
            harness.open();
            harness.processElement(TestEvents.raw(0, 500, "x"), 0);
            state = harness.snapshot(1, 1);
        }
        try (var harness = harness(InstantiationUtil.clone(submitted))) {
            harness.initializeState(state);
            harness.open();
            harness.setProcessingTime(1);
            assertThat(watermarks(harness)).isEqualTo(1);
        }
    }

    @Test
    void eventTimeNeverGoesBackWithinAPartition() throws Exception {
        try (var harness = harness(Map.of())) {
            harness.open();
            harness.processElement(at(0, 1, 20), 20);
            harness.processElement(at(0, 2, 10), 10);
            harness.processElement(at(1, 1, 5), 5);
            harness.processElement(at(0, 3, 30), 30);
            assertThat(eventTimes(harness)).containsExactly(20L, 20L, 5L, 30L);
        }
    }

    @Test
    void eventTimeNeverGoesBackAcrossARestore() throws Exception {
        TopicExtent topic = new TopicExtent("documents", Map.of(), Map.of(0, 10L));
        OperatorSubtaskState state = stateOf(topic, at(0, 1, 20), at(0, 2, 10));
        try (var harness = harness(topic)) {
            harness.initializeState(state);
            harness.open();
            harness.processElement(at(0, 3, 15), 15);
            assertThat(eventTimes(harness)).containsExactly(20L);
        }
    }

    @Test
    void theRecordItselfStaysAsItWasRead() throws Exception {
        try (var harness = harness(Map.of())) {
            harness.open();
            harness.processElement(at(0, 1, 20), 20);
            harness.processElement(at(0, 2, 10), 10);
            assertThat(harness.extractOutputValues()).containsExactly(at(0, 1, 20), at(0, 2, 10));
        }
    }

    @Test
    void storesOneEntryAPartitionHoweverManyRecordsAreRead() throws Exception {
        try (var harness = harness(Map.of(0, 7L))) {
            harness.open();
            for (int i = 0; i < 1_000; i++) {
                harness.processElement(TestEvents.raw(i % 3, i, "x"), 0);
            }
            harness.snapshot(1, 1);
            ListState<PartitionProgress> stored = harness.getOperator()
                    .getOperatorStateBackend()
                    .getListState(new ListStateDescriptor<>("partitions", PartitionProgress.class));
            assertThat(stored.get())
                    .containsExactlyInAnyOrder(
                            new PartitionProgress(0, 999, 1_999),
                            new PartitionProgress(1, 997, 1_997),
                            new PartitionProgress(2, 998, 1_998));
        }
    }

    private static OperatorSubtaskState stateOf(TopicExtent topic, RawRecord... records) throws Exception {
        try (var harness = harness(topic)) {
            harness.open();
            for (RawRecord record : records) {
                harness.processElement(record, 0);
            }
            return harness.snapshot(1, 1);
        }
    }

    /** Of a topic with the given last records, and no more behind them. */
    private static OneInputStreamOperatorTestHarness<RawRecord, RawRecord> harness(Map<Integer, Long> lastRecords)
            throws Exception {
        Map<Integer, Long> ends = new HashMap<>();
        lastRecords.forEach((partition, last) -> ends.put(partition, last + 1));
        return harness(new TopicExtent("documents", lastRecords, ends));
    }

    private static OneInputStreamOperatorTestHarness<RawRecord, RawRecord> harness(TopicExtent topic) throws Exception {
        return harness(new TrackCorpusLoading(topic, TIMEOUT));
    }

    private static OneInputStreamOperatorTestHarness<RawRecord, RawRecord> harness(TrackCorpusLoading operator)
            throws Exception {
        return new OneInputStreamOperatorTestHarness<>(operator, 1, 1, 0);
    }

    /** A tombstone. */
    private static RawRecord at(int partition, long offset, long timestampMs) {
        return new RawRecord("documents", partition, offset, timestampMs, new byte[] {'d'}, null, List.of());
    }

    private static List<Long> eventTimes(OneInputStreamOperatorTestHarness<RawRecord, RawRecord> harness) {
        return harness.extractOutputStreamRecords().stream()
                .map(StreamRecord::getTimestamp)
                .toList();
    }

    private static long watermarks(OneInputStreamOperatorTestHarness<RawRecord, RawRecord> harness) {
        return harness.getOutput().stream()
                .filter(TrackCorpusLoading.LOADED::equals)
                .count();
    }
}
