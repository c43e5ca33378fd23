// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.event.RankedResult;
import io.streamrank.event.Reply;
import io.streamrank.event.Reply.Citation;
import io.streamrank.inference.hosted.ReplyWriter;
import io.streamrank.inference.hosted.WrittenReply;
import io.streamrank.operator.Completions;
import io.streamrank.operator.Deadlines;
import io.streamrank.operator.DegradedReasons;
import io.streamrank.operator.JobMetrics;
import io.streamrank.operator.ModelUse;
import io.streamrank.operator.SystemTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * Adds to answers the replies that their queries asked for. An answer is always sent: a language model that is slow, busy or gone
 * costs the reply alone, and none is waited for beyond the query's own time limit.
 */
public final class WriteReplies extends RichAsyncFunction<RankedResult, RankedResult> {
    private static final long serialVersionUID = 1L;

    private final ReplyConfig config;
    private final Deadlines deadlines;
    private final Completions completions = new Completions();

    private transient @Nullable ReplyWriter writer;
    private transient @Nullable AtomicInteger waiting;
    private transient @Nullable JobMetrics metrics;
    private transient Counter written;
    private transient Map<String, Counter> failed;

    public WriteReplies(ReplyConfig config) {
        this.config = config;
        this.deadlines = new Deadlines(config.timeout(), new SystemTime());
    }

    @Override
    public void open(OpenContext context) {
        ReplyWriter opened = ModelUse.openReplyWriter(config.model());
        writer = opened;
        waiting = new AtomicInteger();
        JobMetrics shown = new JobMetrics(getRuntimeContext().getMetricGroup());
        shown.endpoint(opened::stats);
        written = shown.sharedCounter("replies.written");
        metrics = shown;
        failed = new ConcurrentHashMap<>();
    }

    @Override
    public void asyncInvoke(RankedResult answer, ResultFuture<RankedResult> result) {
        Reply.Order order = answer.replyOrder();
        if (order == null) {
            result.complete(List.of(answer));
            return;
        }
        long deadline = deadlines.of(answer.origin(), order);
        if (deadline - deadlines.clock().relativeTimeNanos() <= 0) {
            result.complete(List.of(without(answer, "timeout")));
            return;
        }
        AtomicInteger count = Objects.requireNonNull(waiting, "not open");
        if (count.incrementAndGet() > config.maxWaiting()) {
            count.decrementAndGet();
            result.complete(List.of(without(answer, "overload")));
            return;
        }
        ReplyWriter open = Objects.requireNonNull(writer, "not open");
        List<String> texts = order.sources().stream().map(Reply.Source::text).toList();
        open.write(
                        answer.query(),
                        order.request().instructions(),
                        texts,
                        order.request().maxTokens(),
                        deadline)
                .whenComplete((reply, failure) -> {
                    count.decrementAndGet();
                    completions.runIfOpen(() -> result.complete(List.of(
                            failure == null
                                    ? with(answer, order, reply)
                                    : without(
                                            answer, DegradedReasons.of(failure).wireName()))));
                });
    }

    private RankedResult with(RankedResult answer, Reply.Order order, WrittenReply reply) {
        if (reply.text() == null) {
            return without(answer, Objects.requireNonNullElse(reply.error(), "model_error"));
        }
        written.inc();
        return answer.with(new Reply(
                reply.text(),
                null,
                reply.model(),
                reply.cited().stream()
                        .map(n -> new Citation(n, order.sources().get(n - 1).id()))
                        .toList(),
                reply.finishReason(),
                reply.promptTokens(),
                reply.completionTokens(),
                order.dropped()));
    }

    private RankedResult without(RankedResult answer, String error) {
        JobMetrics shown = Objects.requireNonNull(metrics, "not open");
        failed.computeIfAbsent(error, reason -> shown.sharedCounter("replies.failed", "reason", reason))
                .inc();
        return answer.with(Reply.failed(error));
    }

    /** Sends an answer whose reply was lost; else the writer's own deadline comes first. */
    @Override
    public void timeout(RankedResult answer, ResultFuture<RankedResult> result) {
        result.complete(List.of(without(answer, "timeout")));
    }

    @Override
    public void close() {
        completions.close();
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }
}
