// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.document;

import io.streamrank.codec.CodecException;
import io.streamrank.codec.Decoded;
import io.streamrank.codec.DocumentCodec;
import io.streamrank.codec.Limits;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Stage;
import io.streamrank.operator.DeadLetters;
import io.streamrank.operator.JobMetrics;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Turns bytes into upserts and deletes; unreadable records leave as dead letters. A change's version gets the event time that
 * {@link TrackCorpusLoading} gave the record, not the record's own timestamp.
 */
public final class DecodeDocuments extends ProcessFunction<RawRecord, DocumentChange> {
    private static final long serialVersionUID = 1L;

    private final Limits limits;

    private transient DocumentCodec codec;
    private transient DeadLetters deadLetters;
    private transient Counter received;
    private transient Counter unknownFields;

    public DecodeDocuments(Limits limits) {
        this.limits = limits;
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
            out.collect(at(Objects.requireNonNull(context.timestamp(), "no event time"), decoded.value()));
        } catch (CodecException invalid) {
            context.output(DeadLetters.TAG, deadLetters.of(record, Stage.DECODE_DOCUMENTS, invalid));
        }
    }

    private static DocumentChange at(long eventTimeMs, DocumentChange change) {
        return new DocumentChange(
                change.collection(),
                change.id(),
                change.version().notBefore(eventTimeMs),
                change.document(),
                change.source());
    }
}
