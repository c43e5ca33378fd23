// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.Origin;
import io.streamrank.event.Query;
import io.streamrank.operator.JobMetrics;
import io.streamrank.state.Candidates;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.ShardAnswer;
import io.streamrank.state.TextTemplate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Makes the candidates of a query from what the shards found: as many of the best as the query asks for. It waits until all shards
 * have answered, but after the first for a given time only, and never beyond the query's own time limit. Then it takes what is there,
 * and the answer says how many shards are in it. After a start, that time does not run before each shard has answered some query: one
 * that still restores its documents is not late.
 *
 * <p>The key is the place of the query's record. State remains until the last shard has answered, so that one that is late does not
 * begin a second answer. A barrier finds it empty, unless an answer was given without some shards: before the barrier all shards have
 * the same queries, and what they found travels ahead of it. So a restore may change the number of shards.
 */
public final class MergeShards
        extends KeyedCoProcessFunction<Tuple3<String, Integer, Long>, EmbeddedQuery, ShardAnswer, Candidates> {
    private static final long serialVersionUID = 1L;

    /** The type of the key. */
    public static final TypeInformation<Tuple3<String, Integer, Long>> PLACE =
            Types.TUPLE(Types.STRING, Types.INT, Types.LONG);

    private final CorpusConfig settings;
    private final long timeoutMs;
    private final @Nullable TextTemplate distinctText;

    private transient ValueState<EmbeddedQuery> queries;
    private transient MapState<Integer, ShardAnswer> answers;
    private transient ValueState<Long> firstAnswerMs;
    private transient ValueState<Boolean> answered;
    /** The shards that have answered since the start. */
    private transient Set<Integer> heard;
    /** When the last of them did so first; {@link WaitingQueries#NEVER} before that. */
    private transient long allHeardMs;

    private transient Counter unproven;

    /** @param distinctText as the shards have it */
    public MergeShards(CorpusConfig settings, @Nullable TextTemplate distinctText) {
        this.settings = settings;
        this.timeoutMs = settings.shardTimeout().toMillis();
        this.distinctText = distinctText;
    }

    /** Returns the place of the query's record, which no other query has. */
    public static Tuple3<String, Integer, Long> place(Origin origin) {
        return Tuple3.of(origin.topic(), origin.partition(), origin.offset());
    }

    @Override
    public void open(OpenContext context) {
        queries = getRuntimeContext().getState(new ValueStateDescriptor<>("query", EmbeddedQuery.class));
        answers = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("shard-answers", Integer.class, ShardAnswer.class));
        firstAnswerMs = getRuntimeContext().getState(new ValueStateDescriptor<>("first-answer-ms", Long.class));
        answered = getRuntimeContext().getState(new ValueStateDescriptor<>("answered", Boolean.class));
        unproven = new JobMetrics(getRuntimeContext().getMetricGroup()).counter("queries.sparseUnproven");
        heard = new HashSet<>();
        allHeardMs = WaitingQueries.NEVER;
    }

    @Override
    public void processElement1(EmbeddedQuery query, Context context, Collector<Candidates> out) throws Exception {
        if (answered.value() != null) {
            return; // sent again after a failure, with delivery at least once
        }
        queries.update(query);
        TimerService timers = context.timerService();
        if (WaitingQueries.deadlineMs(query.query()) != WaitingQueries.NEVER) {
            timers.registerProcessingTimeTimer(WaitingQueries.deadlineMs(query.query()));
        }
        if (firstAnswerMs.value() != null) { // its timer may have found no query
            timers.registerProcessingTimeTimer(
                    Math.max(timers.currentProcessingTime(), firstAnswerMs.value() + timeoutMs));
        }
        answerIfWhole(query, timers, out);
    }

    @Override
    public void processElement2(ShardAnswer answer, Context context, Collector<Candidates> out) throws Exception {
        TimerService timers = context.timerService();
        if (heard.add(answer.shard()) && heard.size() == answer.shards()) {
            allHeardMs = timers.currentProcessingTime();
        }
        if (!answers.isEmpty() && shards() != answer.shards()) {
            answers.clear(); // after a restore the documents are in other shards, which search for the query again
        }
        if (answered.value() != null) {
            answers.put(answer.shard(), answer.withoutCandidates());
            if (isWhole()) {
                clear();
            }
            return;
        }
        answers.put(answer.shard(), answer);
        if (firstAnswerMs.value() == null) {
            firstAnswerMs.update(timers.currentProcessingTime());
            timers.registerProcessingTimeTimer(firstAnswerMs.value() + timeoutMs);
        }
        EmbeddedQuery query = queries.value();
        if (query != null) {
            answerIfWhole(query, timers, out);
        }
    }

    private void answerIfWhole(EmbeddedQuery query, TimerService timers, Collector<Candidates> out) throws Exception {
        if (isWhole()) {
            out.collect(merged(query, timers.currentProcessingTime()));
            timers.deleteProcessingTimeTimer(WaitingQueries.deadlineMs(query.query()));
            timers.deleteProcessingTimeTimer(firstAnswerMs.value() + timeoutMs);
            clear();
        }
    }

    private boolean isWhole() throws Exception {
        int there = 0;
        for (Integer unused : answers.keys()) { // the answers themselves may be on disk
            there++;
        }
        return there > 0 && there == shards();
    }

    /** Returns how many shards there are, by any of their answers. */
    private int shards() throws Exception {
        return answers.values().iterator().next().shards();
    }

    private List<ShardAnswer> answers() throws Exception {
        return StreamSupport.stream(answers.values().spliterator(), false).toList();
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Candidates> out) throws Exception {
        EmbeddedQuery query = queries.value();
        if (query == null) {
            return; // it is answered, or on its way
        }
        TimerService timers = context.timerService();
        long nowMs = timers.currentProcessingTime();
        if (nowMs < dueMs(query.query())) {
            timers.registerProcessingTimeTimer(
                    allHeardMs == WaitingQueries.NEVER ? nowMs + timeoutMs : dueMs(query.query()));
            return;
        }
        out.collect(merged(query, nowMs));
        queries.clear();
        answered.update(true);
        for (ShardAnswer answer : answers()) {
            answers.put(answer.shard(), answer.withoutCandidates());
        }
    }

    /** Returns until when a query may wait, as far as is known yet. */
    private long dueMs(Query query) throws Exception {
        Long firstMs = firstAnswerMs.value();
        boolean timeRuns = firstMs != null && allHeardMs != WaitingQueries.NEVER;
        long shardsMs = timeRuns ? Math.max(firstMs, allHeardMs) + timeoutMs : WaitingQueries.NEVER;
        return Math.min(shardsMs, WaitingQueries.deadlineMs(query));
    }

    private void clear() {
        queries.clear();
        answers.clear();
        firstAnswerMs.clear();
        answered.clear();
    }

    private Candidates merged(EmbeddedQuery query, long nowMs) throws Exception {
        Long firstMs = firstAnswerMs.value();
        long waitedMs = firstMs == null ? 0 : Math.max(0, nowMs - Math.max(firstMs, allHeardMs));
        ShardAnswers there =
                new ShardAnswers(query, answers(), settings.sparse().bm25(), distinctText);
        if (!there.isProven()) {
            unproven.inc();
        }
        return there.candidates(waitedMs);
    }
}
