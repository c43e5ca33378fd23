// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.codec.CodecException;
import io.streamrank.codec.Decoded;
import io.streamrank.codec.Limits;
import io.streamrank.codec.QueryCodec;
import io.streamrank.codec.QueryDefaults;
import io.streamrank.event.Query;
import io.streamrank.event.RawRecord;
import io.streamrank.event.Stage;
import io.streamrank.operator.DeadLetters;
import io.streamrank.operator.JobMetrics;
import io.streamrank.state.Candidates;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Decodes queries. Those that bring their own documents leave by {@link #INLINE}, unreadable ones as dead letters. */
public final class DecodeQueries extends ProcessFunction<RawRecord, Query> {
    private static final long serialVersionUID = 1L;

    public static final OutputTag<Candidates> INLINE = new OutputTag<>("inline-documents") {
        private static final long serialVersionUID = 1L;
    };

    private final Limits limits;
    private final QueryDefaults defaults;

    private transient QueryCodec codec;
    private transient DeadLetters deadLetters;
    private transient Counter received;
    private transient Counter unknownFields;

    public DecodeQueries(Limits limits, QueryDefaults defaults) {
        this.limits = limits;
        this.defaults = defaults;
    }

    @Override
    public void open(OpenContext context) {
        JobMetrics metrics = new JobMetrics(getRuntimeContext().getMetricGroup());
        codec = new QueryCodec(limits, defaults);
        deadLetters = new DeadLetters(metrics);
        received = metrics.counter("queries.received");
        unknownFields = metrics.counter("queries.unknownFields");
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<Query> out) {
        received.inc();
        try {
            Decoded<Query> decoded = codec.decode(record, context.timerService().currentProcessingTime());
            unknownFields.inc(decoded.unknownFields().size());
            Query query = decoded.value();
            if (query.documents() == null) {
                out.collect(query);
            } else {
                context.output(INLINE, Candidates.inline(query, query.documents()));
            }
        } catch (CodecException invalid) {
            context.output(DeadLetters.TAG, deadLetters.of(record, Stage.DECODE_QUERIES, invalid));
        }
    }
}
