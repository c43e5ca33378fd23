// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.document;

import io.streamrank.event.DocumentChange;
import io.streamrank.event.DocumentKey;
import io.streamrank.operator.DeadLetters;
import io.streamrank.operator.JobMetrics;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedChange;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Splits what was embedded: dead letters leave by the side output, updates go on without what the corpus has no use for. */
public final class SplitEmbedded extends ProcessFunction<EmbeddedChange, CorpusUpdate> {
    private static final long serialVersionUID = 1L;

    private transient DeadLetters deadLetters;

    @Override
    public void open(OpenContext context) {
        deadLetters = new DeadLetters(new JobMetrics(getRuntimeContext().getMetricGroup()));
    }

    @Override
    public void processElement(EmbeddedChange embedded, Context context, Collector<CorpusUpdate> out) {
        if (embedded.deadLetter() != null) {
            deadLetters.count(embedded.deadLetter());
            context.output(DeadLetters.TAG, embedded.deadLetter());
            return;
        }
        DocumentChange change = embedded.change();
        out.collect(CorpusUpdate.of(
                new DocumentKey(change.collection(), change.id()),
                change.version(),
                change.document(),
                embedded.embedding()));
    }
}
