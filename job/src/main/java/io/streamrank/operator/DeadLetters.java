// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.codec.CodecException;
import io.streamrank.event.DeadLetter;
import io.streamrank.event.RawRecord;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.OutputTag;

/** The side output for records that cannot be used, and their count by cause. */
public final class DeadLetters {
    public static final OutputTag<DeadLetter> TAG = new OutputTag<>("dead-letters") {
        private static final long serialVersionUID = 1L;
    };

    private final JobMetrics metrics;
    private final Map<String, Counter> byCause = new HashMap<>();

    public DeadLetters(JobMetrics metrics) {
        this.metrics = metrics;
    }

    /** The dead letter for a record that could not be decoded, counted. */
    public DeadLetter refuse(RawRecord record, String stage, CodecException refusal) {
        DeadLetter letter = new DeadLetter(
                record, stage, refusal.cause(), refusal.getClass().getName(), refusal.getMessage());
        count(letter);
        return letter;
    }

    public void count(DeadLetter letter) {
        byCause.computeIfAbsent(letter.cause(), cause -> metrics.counter("deadLetters", "cause", cause))
                .inc();
    }
}
