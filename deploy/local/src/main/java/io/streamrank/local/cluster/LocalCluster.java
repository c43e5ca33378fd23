// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.dag.Pipeline;
import org.apache.flink.client.deployment.executors.PipelineExecutorUtils;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient.JobFinalizationBehavior;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a Flink cluster in this process. It starts before there is a job, unlike Flink's own local environment, so that
 * it can do so while the broker starts too. Its checkpoints live in a temporary directory that is deleted with it.
 */
public final class LocalCluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCluster.class);

    private final MiniCluster cluster;
    private final Configuration configuration;
    private final Path directory;
    private boolean closed;

    private LocalCluster(MiniCluster cluster, Configuration configuration, Path directory) {
        this.cluster = cluster;
        this.configuration = configuration;
        this.directory = directory;
    }

    /**
     * Starts a cluster.
     *
     * @param parallelism of jobs, and the number of slots, at least 1
     * @param settings of Flink, over ours
     */
    public static LocalCluster start(int parallelism, Configuration settings) throws Exception {
        Path directory = Files.createTempDirectory("streamrank-flink-");
        Configuration configuration = new Configuration();
        configuration.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        configuration.set(DeploymentOptions.TARGET, "local");
        configuration.set(DeploymentOptions.ATTACHED, true);
        configuration.set(RestOptions.BIND_PORT, "0");
        // Kept in memory, a checkpoint could hold no more than 5 MiB of corpus.
        configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        configuration.set(CoreOptions.TMP_DIRS, directory.toString());
        LocalMetrics.configure(configuration);
        configuration.addAll(settings);
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(configuration
                        .getOptional(TaskManagerOptions.NUM_TASK_SLOTS)
                        .orElse(parallelism))
                .build());
        cluster.start();
        return new LocalCluster(cluster, configuration, directory);
    }

    /** Returns settings of Flink with which a job that fails says so, unless they want it to try again. */
    public static Configuration withoutRestarts(Configuration settings) {
        Configuration all = new Configuration();
        all.setString("restart-strategy.type", "none");
        all.addAll(settings);
        return all;
    }

    /** Returns an environment whose jobs run here. */
    public StreamExecutionEnvironment environment() {
        return new StreamExecutionEnvironment(
                new Executor(), configuration, Thread.currentThread().getContextClassLoader());
    }

    /** Returns a directory that is deleted with the cluster. */
    public Path directory() {
        return directory;
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            cluster.close();
        } catch (Exception e) {
            throw new IOException("the local Flink cluster did not stop: " + e.getMessage(), e);
        } finally {
            FileUtils.deleteDirectoryQuietly(directory.toFile());
        }
    }

    /** Closes the cluster in a shutdown hook, where nobody is left to tell of a failure. */
    public void closeQuietly() {
        try {
            close();
        } catch (IOException e) {
            LOG.warn("Closing failed", e);
        }
    }

    /** Flink's three executor roles in one, as none of them has anything to choose. */
    private final class Executor implements PipelineExecutorServiceLoader, PipelineExecutorFactory, PipelineExecutor {
        @Override
        public PipelineExecutorFactory getExecutorFactory(Configuration job) {
            return this;
        }

        @Override
        public Stream<String> getExecutorNames() {
            return Stream.of(getName());
        }

        @Override
        public String getName() {
            return "local";
        }

        @Override
        public boolean isCompatibleWith(Configuration job) {
            return true;
        }

        @Override
        public PipelineExecutor getExecutor(Configuration job) {
            return this;
        }

        @Override
        public CompletableFuture<JobClient> execute(Pipeline pipeline, Configuration job, ClassLoader classLoader)
                throws Exception {
            var graph = PipelineExecutorUtils.getStreamGraph(pipeline, job);
            return cluster.submitJob(graph)
                    .thenApply(submitted -> new MiniClusterJobClient(
                            submitted.getJobID(), cluster, classLoader, JobFinalizationBehavior.NOTHING));
        }
    }
}
