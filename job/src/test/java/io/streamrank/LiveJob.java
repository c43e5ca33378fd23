// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank;

import io.streamrank.config.JobConfig;
import io.streamrank.event.RankedResult;
import io.streamrank.event.RawRecord;
import io.streamrank.event.TopicExtent;
import io.streamrank.inference.Models;
import io.streamrank.testing.Mailbox;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** The whole dataflow on the test's cluster, which goes on until it is closed. */
final class LiveJob implements AutoCloseable {
    private final Mailbox queries = new Mailbox();
    private final Mailbox documents = new Mailbox();
    private final Map<String, RankedResult> answers = new HashMap<>();
    private final CloseableIterator<RankedResult> results;
    private final JobClient job;
    private final boolean restarts;

    /** With one document for each text, whose ids are d0, d1 and so on. */
    LiveJob(Models models, String... texts) throws Exception {
        this(new Configuration(), false, models, texts);
    }

    /** One that goes on after a failure, with what was in flight at its last checkpoint if there was one; no record is read again. */
    static LiveJob restarting(Models models, String... texts) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ZERO);
        // Without checkpoints nobody may read results across a restart.
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofDays(1));
        configuration.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.AT_LEAST_ONCE);
        return new LiveJob(configuration, true, models, texts);
    }

    private LiveJob(Configuration configuration, boolean restarts, Models models, String... texts) throws Exception {
        this.restarts = restarts;
        for (int i = 0; i < texts.length; i++) {
            documents.send(raw("documents", i, "d" + i, """
                    {"id":"d%d","text":"%s"}""".formatted(i, texts[i])));
        }
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(1);
        JobConfig config = JobConfig.of(Map.of("kafka.bootstrap-servers", "unused:9092"), Map.of());
        RerankJob.Outputs out = RerankJob.define(
                env,
                queries.source(),
                documents.source(),
                new TopicExtent("documents", Map.of(0, texts.length - 1L), Map.of(0, (long) texts.length)),
                models,
                config);
        results = out.results().collectAsync();
        job = env.executeAsync();
    }

    /** Members of a query's JSON, in single quotes. */
    void ask(String id, String members) {
        String json = """
                {"id":"%s",%s}""".formatted(id, members.replace('\'', '"'));
        queries.send(raw("queries", 0, id, json));
    }

    /** Waits until the query is answered. */
    RankedResult answer(String id) {
        while (!answers.containsKey(id)) {
            RankedResult next = results.next();
            if (answers.put(next.id(), next) != null && !restarts) {
                throw new AssertionError("answered twice: " + next);
            }
        }
        return answers.get(id);
    }

    /** Writes a savepoint below the folder, and goes on. */
    void savepoint(Path folder) throws Exception {
        job.triggerSavepoint(folder.toString(), SavepointFormatType.CANONICAL).get();
    }

    /** Stops the job with a savepoint below the folder. */
    CompletableFuture<String> stop(Path folder) {
        return job.stopWithSavepoint(false, folder.toString(), SavepointFormatType.CANONICAL);
    }

    JobStatus status() throws Exception {
        return job.getJobStatus().get();
    }

    private static RawRecord raw(String topic, long offset, String key, String value) {
        return new RawRecord(
                topic,
                0,
                offset,
                System.currentTimeMillis(),
                key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8),
                List.of());
    }

    @Override
    public void close() throws Exception {
        if (!status().isGloballyTerminalState()) {
            job.cancel().get();
        }
        results.close();
    }
}
