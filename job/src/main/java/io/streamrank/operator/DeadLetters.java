// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import io.streamrank.codec.CodecException;
import io.streamrank.event.DeadLetter;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Stage;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.OutputTag;

/** Makes dead letters, the side output for records that cannot be used, and counts them by cause. */
public final class DeadLetters {
    public static final OutputTag<DeadLetter> TAG = new OutputTag<>("dead-letters") {
        private static final long serialVersionUID = 1L;
    };

    private final JobMetrics metrics;
    private final Map<String, Counter> byCause = new HashMap<>();

    public DeadLetters(JobMetrics metrics) {
        this.metrics = metrics;
    }

    /** Makes and counts the dead letter of a record that could not be decoded. */
    public DeadLetter of(RawRecord record, Stage stage, CodecException invalid) {
        DeadLetter letter = new DeadLetter(
                record, stage, invalid.cause(), invalid.getClass().getName(), invalid.getMessage());
        count(letter);
        return letter;
    }

    /** Counts a dead letter that another step made. */
    public void count(DeadLetter letter) {
        byCause.computeIfAbsent(letter.cause(), cause -> metrics.counter("deadLetters", "cause", cause))
                .inc();
    }
}
