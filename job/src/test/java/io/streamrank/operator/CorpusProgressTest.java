// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.RawRecord;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class CorpusProgressTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    @Test
    void announcesOnceWhenEveryPartitionHasBeenReadToWhereItEnded() throws Exception {
        try (var harness = harness(Map.of(0, 7L, 2, 3L))) {
            harness.open();
            harness.setProcessingTime(1);
            harness.processElement(Events.raw(0, 7, "x"), 0);
            harness.processElement(Events.raw(2, 2, "x"), 0);
            assertThat(watermarks(harness)).isZero();
            // A compacted topic may skip offsets.
            harness.processElement(Events.raw(2, 5, "x"), 0);
            assertThat(watermarks(harness)).isEqualTo(1);
            harness.processElement(Events.raw(2, 6, "x"), 0);
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
    void givesUpAfterTheTimeout() throws Exception {
        try (var harness = harness(Map.of(0, 7L))) {
            harness.open();
            harness.setProcessingTime(TIMEOUT.toMillis() - 1);
            assertThat(watermarks(harness)).isZero();
            harness.setProcessingTime(TIMEOUT.toMillis());
            assertThat(watermarks(harness)).isEqualTo(1);
        }
    }

    @Test
    void remembersWhatWasReadAcrossARestore() throws Exception {
        OperatorSubtaskState state;
        try (var harness = harness(Map.of(0, 7L, 1, 1L))) {
            harness.open();
            harness.processElement(Events.raw(0, 7, "x"), 0);
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

    private static OneInputStreamOperatorTestHarness<RawRecord, RawRecord> harness(Map<Integer, Long> lastOffsets)
            throws Exception {
        return new OneInputStreamOperatorTestHarness<>(new CorpusProgress(lastOffsets, TIMEOUT), 1, 1, 0);
    }

    private static long watermarks(OneInputStreamOperatorTestHarness<RawRecord, RawRecord> harness) {
        return harness.getOutput().stream()
                .filter(CorpusProgress.LOADED::equals)
                .count();
    }
}
