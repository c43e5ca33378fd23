// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.codec.Limits;
import io.streamrank.event.DeadLetter;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Stage;
import io.streamrank.event.TopicExtent;
import io.streamrank.event.Version;
import io.streamrank.operator.DeadLetters;
import io.streamrank.testing.TestEvents;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecodeDocumentsTest {
    private static final String RED = """
            {"text":"red"}""";

    private final Random random = new Random(13);
    private OneInputStreamOperatorTestHarness<RawRecord, DocumentChange> harness;

    @BeforeEach
    void open() throws Exception {
        harness =
                new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new DecodeDocuments(Limits.defaults())));
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void aRecordWithAValueIsAnUpsert() throws Exception {
        DocumentChange upsert = decoded(raw(0, 1, 10, RED), 10);

        assertThat(upsert.id()).isEqualTo("d");
        assertThat(upsert.collection()).isEqualTo(TestEvents.COLLECTION);
        assertThat(upsert.document()).isNotNull();
        assertThat(upsert.version()).isEqualTo(new Version(10, 0, 1));
    }

    @Test
    void aTombstoneIsADelete() throws Exception {
        DocumentChange delete = decoded(raw(0, 2, 11, null), 11);

        assertThat(delete.id()).isEqualTo("d");
        assertThat(delete.collection()).isEqualTo(TestEvents.COLLECTION);
        assertThat(delete.document()).isNull();
        assertThat(delete.version()).isEqualTo(new Version(11, 0, 2));
    }

    @Test
    void whatCannotBeReadLeavesAsADeadLetterAndTheNextIsRead() throws Exception {
        RawRecord broken = raw(0, 1, 10, "{");
        harness.processElement(broken, 10);
        harness.processElement(raw(0, 2, 11, RED), 11);
        assertThat(harness.extractOutputValues()).hasSize(1);
        List<DeadLetter> letters = harness.getSideOutput(DeadLetters.TAG).stream()
                .map(StreamRecord::getValue)
                .toList();
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).record()).isEqualTo(broken);
        assertThat(letters.get(0).stage()).isEqualTo(Stage.DECODE_DOCUMENTS);
        assertThat(letters.get(0).cause()).isEqualTo("malformed-json");
    }

    @Test
    void theVersionHasTheEventTimeAndTheRecordItsOwnTimestamp() throws Exception {
        DocumentChange late = decoded(raw(0, 2, 10, null), 20);

        assertThat(late.version()).isEqualTo(new Version(20, 0, 2));
        assertThat(late.source().timestampMs()).isEqualTo(10);
    }

    /** Whatever the producers' clocks say and wherever the job is restored. */
    @Test
    void versionsOfSeveralPartitionsHaveOneOrderInWhichOffsetsDecideWithinAPartition() throws Exception {
        for (int round = 0; round < 20; round++) {
            harness.getOutput().clear();
            OperatorSubtaskState state = null;
            for (int part = 0; part < 2; part++) {
                try (var tracker = tracker(state)) {
                    for (int i = 0; i < 15; i++) {
                        tracker.processElement(raw(random.nextInt(3), 15 * part + i, random.nextInt(20), null), 0);
                    }
                    for (StreamRecord<? extends RawRecord> tracked : tracker.extractOutputStreamRecords()) {
                        harness.processElement(tracked.getValue(), tracked.getTimestamp());
                    }
                    state = tracker.snapshot(1, 1);
                }
            }
            List<Version> versions = new ArrayList<>();
            harness.extractOutputValues().forEach(change -> versions.add(change.version()));
            assertThat(versions).hasSize(30);
            assertThatAllPairsAreOrderedAsTheWholeIs(versions);
        }
    }

    private static OneInputStreamOperatorTestHarness<RawRecord, RawRecord> tracker(@Nullable OperatorSubtaskState state)
            throws Exception {
        TopicExtent topic = new TopicExtent("documents", Map.of(), Map.of(0, 100L, 1, 100L, 2, 100L));
        var tracker =
                new OneInputStreamOperatorTestHarness<>(new TrackCorpusLoading(topic, Duration.ofMinutes(5)), 1, 1, 0);
        if (state != null) {
            tracker.initializeState(state);
        }
        tracker.open();
        return tracker;
    }

    private static void assertThatAllPairsAreOrderedAsTheWholeIs(List<Version> versions) {
        List<Version> sorted = versions.stream()
                .sorted(Comparator.comparingLong(Version::timestampMs)
                        .thenComparingInt(Version::partition)
                        .thenComparingLong(Version::offset))
                .toList();
        for (int i = 0; i < sorted.size(); i++) {
            for (int j = 0; j < sorted.size(); j++) {
                Version one = sorted.get(i);
                Version other = sorted.get(j);
                assertThat(one.isNewerThan(other)).isEqualTo(i > j);
                if (one.partition() == other.partition()) {
                    assertThat(one.isNewerThan(other)).isEqualTo(one.offset() > other.offset());
                }
            }
        }
    }

    private DocumentChange decoded(RawRecord record, long eventTimeMs) throws Exception {
        harness.processElement(record, eventTimeMs);
        return harness.extractOutputValues().get(0);
    }

    private static RawRecord raw(int partition, long offset, long timestampMs, @Nullable String value) {
        return new RawRecord(
                "documents",
                partition,
                offset,
                timestampMs,
                "d".getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8),
                List.of());
    }
}
