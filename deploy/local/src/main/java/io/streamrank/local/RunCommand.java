// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import io.streamrank.config.JobConfig;
import io.streamrank.local.client.TopicNames;
import io.streamrank.local.cluster.LocalCluster;
import io.streamrank.local.cluster.LocalMetrics;
import io.streamrank.local.console.Console;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The job in this process, against the user's Kafka. */
@Command(
        name = "run",
        description = {
            "Runs the job in this process, against your Kafka, until Ctrl-C.",
            "",
            "For trying things and for small corpora; in earnest, submit the job to a Flink cluster."
        },
        footer = {
            "  ./streamrank run --config job.yaml",
            "  ./streamrank run --set kafka.bootstrap-servers=localhost:9092 --set query.top-n=5"
        })
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
    private static final int STOP_SECONDS = 15;

    @Option(names = "--config", paramLabel = "FILE", description = "The job's configuration (YAML).")
    private @Nullable Path file;

    @Mixin
    private Settings settings = new Settings();

    @Mixin
    private Parallelism parallelism = new Parallelism();

    @Mixin
    private Terminal terminal = new Terminal();

    @Override
    public Integer call() throws Exception {
        Console console = terminal.console();
        int width = parallelism.checked();
        JobConfig config = LocalJob.config(file, settings.map());
        try (LocalCluster cluster = LocalCluster.start(width, LocalJob.flink(config))) {
            JobClient job = LocalJob.submit(config, cluster);
            Thread stop = new Thread(() -> stop(job, cluster), "stop");
            Runtime.getRuntime().addShutdownHook(stop);
            TopicNames topics = LocalJob.topics(config);
            console.say("running: " + topics.queries() + " → " + topics.results() + " at "
                    + config.kafka().bootstrapServers() + ", Ctrl-C stops");
            watch(job.getJobExecutionResult(), console);
        }
        return 0;
    }

    private static void watch(CompletableFuture<JobExecutionResult> end, Console console)
            throws InterruptedException, ExecutionException {
        while (true) {
            try {
                end.get(1, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException stillRunning) {
                if (console.live()) {
                    console.status(status());
                }
            }
        }
    }

    private static String status() {
        return String.format(
                Locale.ROOT,
                "documents %,d · queries %,d · ranked %,d · degraded %,d · refused %,d",
                LocalMetrics.max("corpus.documents"),
                LocalMetrics.sum("queries.received"),
                LocalMetrics.sum("queries.ranked"),
                LocalMetrics.sum("queries.degraded"),
                LocalMetrics.sum("deadLetters"));
    }

    /** With a last checkpoint, so that what was read is committed and nothing is answered twice by the next run. */
    private static void stop(JobClient job, LocalCluster cluster) {
        try {
            String savepoint = cluster.directory().resolve("last").toUri().toString();
            job.stopWithSavepoint(false, savepoint, SavepointFormatType.NATIVE).get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The job was not stopped in good order; its last queries may be answered again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            cluster.closeQuietly();
        }
    }
}
