// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.cluster;

import io.streamrank.RerankJob;
import io.streamrank.config.JobConfig;
import io.streamrank.config.SettingsFile;
import io.streamrank.inference.Models;
import io.streamrank.kafka.KafkaConfig;
import io.streamrank.local.client.TopicNames;
import io.streamrank.operator.corpus.CorpusPlacement;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** Configures and submits the job, as the launcher runs it. */
public final class LocalJob {
    public static final String BOOTSTRAP_SERVERS = "kafka.bootstrap-servers";

    private LocalJob() {}

    /**
     * Returns the job's configuration, checked.
     *
     * @param file of settings, or null for none
     * @param set settings that win over the file's
     */
    public static JobConfig config(@Nullable Path file, Map<String, String> set) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (file != null) {
            settings.putAll(SettingsFile.read(file));
        }
        settings.putAll(set);
        return JobConfig.of(settings, System.getenv());
    }

    /** Returns an address and topics as settings of the job. */
    public static Map<String, String> settings(String bootstrapServers, TopicNames topics) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(BOOTSTRAP_SERVERS, bootstrapServers);
        settings.put("kafka.topics.documents", topics.documents());
        settings.put("kafka.topics.queries", topics.queries());
        settings.put("kafka.topics.results", topics.results());
        settings.put("kafka.topics.dead-letters", topics.deadLetters());
        return settings;
    }

    public static TopicNames topics(JobConfig config) {
        KafkaConfig kafka = config.kafka();
        return new TopicNames(
                kafka.documentsTopic(), kafka.queriesTopic(), kafka.resultsTopic(), kafka.deadLettersTopic());
    }

    /** Submits the job without state, creating the topics that it needs, and returns when it was accepted. */
    public static JobClient submit(JobConfig config, LocalCluster cluster) throws Exception {
        return submit(config, cluster, new Configuration());
    }

    /**
     * Submits the job, creating the topics that it needs, and returns when it was accepted.
     *
     * @param flink wins over what the job's configuration says to Flink
     */
    public static JobClient submit(JobConfig config, LocalCluster cluster, Configuration flink) throws Exception {
        return submit(config, config.models(), cluster, flink);
    }

    /** Submits the job as {@link #submit(JobConfig, LocalCluster, Configuration)} does, with other models. */
    public static JobClient submit(JobConfig config, Models models, LocalCluster cluster, Configuration flink)
            throws Exception {
        StreamExecutionEnvironment env = cluster.environment();
        Configuration all = config.flinkConfiguration();
        all.addAll(flink);
        env.configure(all);
        RerankJob.connect(env, config, models);
        return env.executeAsync("streamrank");
    }

    /** Returns how many documents the job in this process can find: each copy of the corpus has all, each shard its own. */
    public static long searchable(JobConfig config) {
        return config.corpus().placement() == CorpusPlacement.SHARDED
                ? LocalMetrics.sum("corpus.documents")
                : LocalMetrics.max("corpus.documents");
    }

    /**
     * Fails where the job has ended, with what ended it.
     *
     * @throws IllegalStateException where it ended without a failure
     */
    public static void requireRunning(JobClient job) throws InterruptedException, ExecutionException {
        CompletableFuture<JobExecutionResult> end = job.getJobExecutionResult();
        if (end.isDone()) {
            end.get();
            throw new IllegalStateException("the job ended before its time");
        }
    }
}
