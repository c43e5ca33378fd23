// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.codec.Limits;
import io.streamrank.event.DeadLetter;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Version;
import io.streamrank.operator.DeadLetters;
import io.streamrank.state.PartitionTime;
import io.streamrank.testing.TestEvents;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecodeDocumentsTest {
    private final Random random = new Random(13);

    @Test
    void makesUpsertsAndDeletes() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement(raw(0, 1, 10, "{\"text\":\"red\"}"), 0);
            harness.processElement(raw(0, 2, 11, null), 0);
            List<DocumentChange> changes = harness.extractOutputValues();
            assertThat(changes).extracting(DocumentChange::id).containsExactly("d", "d");
            assertThat(changes).extracting(DocumentChange::collection).containsOnly(TestEvents.COLLECTION);
            assertThat(changes.get(0).document()).isNotNull();
            assertThat(changes.get(1).document()).isNull();
            assertThat(changes)
                    .extracting(DocumentChange::version)
                    .containsExactly(new Version(10, 0, 1), new Version(11, 0, 2));
        }
    }

    @Test
    void whatCannotBeReadLeavesAsADeadLetterAndTheNextIsRead() throws Exception {
        try (var harness = opened(null)) {
            RawRecord broken = raw(0, 1, 10, "{");
            harness.processElement(broken, 0);
            harness.processElement(raw(0, 2, 11, "{\"text\":\"red\"}"), 0);
            assertThat(harness.extractOutputValues()).hasSize(1);
            List<DeadLetter> letters = harness.getSideOutput(DeadLetters.TAG).stream()
                    .map(StreamRecord::getValue)
                    .toList();
            assertThat(letters).hasSize(1);
            assertThat(letters.get(0).record()).isEqualTo(broken);
            assertThat(letters.get(0).stage()).isEqualTo(DecodeDocuments.STAGE);
            assertThat(letters.get(0).cause()).isEqualTo("malformed-json");
        }
    }

    @Test
    void aRecordsOwnTimestampStaysWithItsRecord() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement(raw(0, 1, 20, null), 0);
            harness.processElement(raw(0, 2, 10, null), 0);
            DocumentChange late = harness.extractOutputValues().get(1);
            assertThat(late.version()).isEqualTo(new Version(20, 0, 2));
            assertThat(late.source().timestampMs()).isEqualTo(10);
        }
    }

    /** Whatever the producers' clocks say and wherever the job is restored. */
    @Test
    void versionsOfSeveralPartitionsHaveOneOrderInWhichOffsetsDecideWithinAPartition() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<Version> versions = new ArrayList<>();
            OperatorSubtaskState state = null;
            for (int part = 0; part < 2; part++) {
                try (var harness = opened(state)) {
                    for (int i = 0; i < 15; i++) {
                        harness.processElement(raw(random.nextInt(3), 15 * part + i, random.nextInt(20), null), 0);
                    }
                    harness.extractOutputValues().forEach(change -> versions.add(change.version()));
                    state = harness.snapshot(1, 1);
                }
            }
            assertThat(versions).hasSize(30);
            assertThatAllPairsAreOrderedAsTheWholeIs(versions);
        }
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

    @Test
    void storesOneTimeAPartition() throws Exception {
        try (var harness = opened(null)) {
            for (int i = 0; i < 1_000; i++) {
                harness.processElement(raw(i % 2, i, i, null), 0);
            }
            harness.snapshot(1, 1);
            ListState<PartitionTime> stored = harness.getOperator()
                    .getOperatorStateBackend()
                    .getListState(new ListStateDescriptor<>("partition-times", PartitionTime.class));
            assertThat(stored.get()).containsExactlyInAnyOrder(new PartitionTime(0, 998), new PartitionTime(1, 999));
        }
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

    private static OneInputStreamOperatorTestHarness<RawRecord, DocumentChange> opened(
            @Nullable OperatorSubtaskState state) throws Exception {
        var harness = new OneInputStreamOperatorTestHarness<RawRecord, DocumentChange>(
                new ProcessOperator<>(new DecodeDocuments(Limits.defaults())));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }
}
