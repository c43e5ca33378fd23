// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.config.JobConfig;
import io.streamrank.kafka.TopicCreator;
import io.streamrank.local.client.TopicNames;
import io.streamrank.local.cluster.LocalCluster;
import io.streamrank.local.cluster.LocalJob;
import io.streamrank.local.cluster.LocalMetrics;
import io.streamrank.local.cluster.StateDirectory;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.ExitCode;
import io.streamrank.local.console.StopSignal;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
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

/** Runs {@code ./streamrank run}: the job in this process, against the user's Kafka. */
@Command(
        name = "run",
        description = {
            "Runs the job in this process, against your Kafka, until Ctrl-C. However it ends, the next run continues from"
                    + " where it stopped: every query is answered.",
            "",
            "For trials and small corpora. For production, submit the job to a Flink cluster."
        },
        footer = {
            "  ./streamrank run --config job.yaml",
            "  ./streamrank run --set kafka.bootstrap-servers=localhost:9092 --set query.top-n=5"
        })
public final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
    private static final int STOP_SECONDS = 30;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    @Option(names = "--config", paramLabel = "FILE", description = "The job's configuration (YAML).")
    private @Nullable Path file;

    @Mixin
    private SettingsOption settings = new SettingsOption();

    @Mixin
    private StateOptions stateOptions = new StateOptions();

    @Mixin
    private ParallelismOption parallelism = new ParallelismOption();

    @Mixin
    private ConsoleMixin terminal = new ConsoleMixin();

    @Override
    @SuppressWarnings("try") // the signals' handler is there, and needs nothing
    public Integer call() throws Exception {
        Console console = terminal.console();
        int width = parallelism.checked();
        JobConfig config = LocalJob.config(file, settings.map());
        try (StopSignal unused = StopSignal.here()) {
            new TopicCreator(config.kafka()).createMissing();
            try (StateDirectory state = stateOptions.open(config.kafka());
                    LocalCluster cluster = LocalCluster.start(width, config.flinkConfiguration())) {
                JobClient job = start(config, cluster, state, console);
                try {
                    watch(job.getJobExecutionResult(), config, console);
                } catch (InterruptedException stopped) {
                    stop(job, state, console);
                }
            }
        }
        return ExitCode.DONE;
    }

    private static JobClient start(JobConfig config, LocalCluster cluster, StateDirectory state, Console console)
            throws Exception {
        StateDirectory.Snapshot newest = state.newest();
        if (newest != null) {
            console.say("resuming from the state of " + TIME.format(newest.taken()) + " in " + state
                    + " (--fresh starts without it)");
        }
        JobClient job = LocalJob.submit(config, cluster, state.configuration(newest));
        TopicNames topics = LocalJob.topics(config);
        console.say("running: " + topics.queries() + " → " + topics.results() + " at "
                + config.kafka().bootstrapServers() + ", Ctrl-C stops");
        return job;
    }

    private static void watch(CompletableFuture<JobExecutionResult> end, JobConfig config, Console console)
            throws InterruptedException, ExecutionException {
        while (true) {
            try {
                end.get(1, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException stillRunning) {
                if (console.live()) {
                    console.status(status(config));
                }
            }
        }
    }

    private static String status(JobConfig config) {
        return String.format(
                Locale.ROOT,
                "documents %,d · queries %,d · ranked %,d · degraded %,d · refused %,d",
                LocalJob.searchable(config),
                LocalMetrics.sum("queries.received"),
                LocalMetrics.sum("queries.ranked"),
                LocalMetrics.sum("queries.degraded"),
                LocalMetrics.sum("deadLetters"));
    }

    /** With a savepoint, so that nothing is answered twice by the next run, which has what is under way in it. */
    private static void stop(JobClient job, StateDirectory state, Console console) {
        console.status("");
        console.say("stopping … (Ctrl-C again: at once)");
        try {
            job.stopWithSavepoint(false, state.savepoints().toUri().toString(), SavepointFormatType.NATIVE)
                    .get(STOP_SECONDS, TimeUnit.SECONDS);
            console.say("stopped; the next run continues from here");
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The job did not stop cleanly", e);
            console.say(
                    "stopped without a last savepoint; the next run continues from the last checkpoint and may answer"
                            + " some queries again");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
