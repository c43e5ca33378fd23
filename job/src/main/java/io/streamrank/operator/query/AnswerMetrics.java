// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streamrank.event.Billed;
import io.streamrank.event.DegradedReason;
import io.streamrank.event.RankedResult;
import io.streamrank.event.Timing;
import io.streamrank.operator.JobMetrics;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;

/** Counts answers. Thread-safe: answers are completed on inference threads. */
final class AnswerMetrics {
    private final JobMetrics metrics;
    private final Counter ranked;
    private final Counter degraded;
    private final Map<DegradedReason, Counter> degradedByReason = new ConcurrentHashMap<>();
    private final Counter pairs;
    private final Counter tokens;
    private final Counter truncated;
    private final Counter savedPairs;

    @GuardedBy("this")
    private final Histogram queue;

    @GuardedBy("this")
    private final Histogram embed;

    @GuardedBy("this")
    private final Histogram rerank;

    @GuardedBy("this")
    private final Histogram total;

    AnswerMetrics(JobMetrics metrics) {
        this.metrics = metrics;
        ranked = metrics.sharedCounter("queries.ranked");
        degraded = metrics.sharedCounter("queries.degraded");
        pairs = metrics.sharedCounter("rerank.pairs");
        tokens = metrics.sharedCounter("rerank.tokens");
        truncated = metrics.sharedCounter("rerank.truncatedPairs");
        savedPairs = metrics.sharedCounter("rerank.savedPairs");
        queue = metrics.millis("queue");
        embed = metrics.millis("embed");
        rerank = metrics.millis("rerank");
        total = metrics.millis("total");
    }

    RankedResult count(RankedResult answer) {
        if (answer.degradedReason() == null) {
            ranked.inc();
        } else {
            degraded.inc();
            degradedByReason
                    .computeIfAbsent(
                            answer.degradedReason(),
                            reason -> metrics.sharedCounter("queries.degraded", "reason", reason.wireName()))
                    .inc();
        }
        pairs.inc(answer.usage().pairs());
        tokens.inc(answer.usage().tokens());
        truncated.inc(Objects.requireNonNullElse(answer.usage().truncated(), 0));
        Billed billed = answer.usage().billed();
        if (billed != null) {
            savedPairs.inc(billed.savedPairs());
        }
        Timing timing = answer.timing();
        synchronized (this) {
            queue.update(timing.queueMs());
            embed.update(timing.embedMs());
            rerank.update(timing.rerankMs());
            total.update(timing.totalMs());
        }
        return answer;
    }
}
