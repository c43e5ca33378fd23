// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import io.streamrank.RerankJob;
import io.streamrank.config.JobConfig;
import io.streamrank.config.SettingsFile;
import io.streamrank.kafka.KafkaConfig;
import io.streamrank.local.client.Connection;
import io.streamrank.local.client.TopicNames;
import io.streamrank.local.cluster.LocalCluster;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** What the launcher knows of the job. */
final class LocalJob {
    static final String BOOTSTRAP_SERVERS = "kafka.bootstrap-servers";

    private LocalJob() {}

    /**
     * The job's configuration, checked.
     *
     * @param file of settings, or null for none
     * @param set settings that win over the file's
     */
    static JobConfig config(@Nullable Path file, Map<String, String> set) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (file != null) {
            settings.putAll(SettingsFile.read(file));
        }
        settings.putAll(set);
        return JobConfig.of(settings, System.getenv());
    }

    /** A connection and topics as settings of the job. */
    static Map<String, String> settings(Connection connection, TopicNames topics) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(BOOTSTRAP_SERVERS, connection.bootstrapServers());
        settings.put("kafka.topics.documents", topics.documents());
        settings.put("kafka.topics.queries", topics.queries());
        settings.put("kafka.topics.results", topics.results());
        settings.put("kafka.topics.dead-letters", topics.deadLetters());
        connection.properties().forEach((name, value) -> settings.put("kafka.properties." + name, value));
        return settings;
    }

    static TopicNames topics(JobConfig config) {
        KafkaConfig kafka = config.kafka();
        return new TopicNames(
                kafka.documentsTopic(), kafka.queriesTopic(), kafka.resultsTopic(), kafka.deadLettersTopic());
    }

    static Configuration flink(JobConfig config) {
        return Configuration.fromMap(config.flink());
    }

    /** Submits the job, creating the topics that it needs, and returns when it was accepted. */
    static JobClient submit(JobConfig config, LocalCluster cluster) throws Exception {
        StreamExecutionEnvironment env = cluster.environment();
        env.configure(flink(config));
        RerankJob.connect(env, config);
        return env.executeAsync("streamrank");
    }
}
