// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.kafka.KafkaConfig;
import io.streamrank.local.StreamRank;
import io.streamrank.local.client.Answer;
import io.streamrank.local.client.KafkaConnection;
import io.streamrank.local.client.QueryClient;
import io.streamrank.local.client.TopicNames;
import io.streamrank.local.cluster.EmbeddedKafka;
import io.streamrank.local.cluster.LocalJob;
import io.streamrank.local.cluster.StateDirectory;
import io.streamrank.local.data.QueryFile;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code run} ends with queries under way, whose offsets are committed: the next one answers them from its state. */
class ResumeITCase {
    private static final int QUERIES = 20;

    /** Longer than the test: queries wait for company that never comes. */
    private static final String HELD = "rerank.max-delay=1min";

    private static EmbeddedKafka kafka;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start();
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void answersAfterCtrlCWhatWasUnderWay() throws Exception {
        TopicNames topics = topics("ctrl-c");
        try (QueryClient queries = queries(topics);
                Launched first = Launched.start(run("ctrl-c", "--set", HELD))) {
            ask(queries);
            awaitRead("ctrl-c", topics);

            assertThat(first.stop().exitCode()).isZero();
            assertThat(first.err()).endsWith("at once)\nstopped; the next run continues from here\n");
            assertThat(queries.answer(Duration.ZERO)).isNull();
            assertResumes("ctrl-c", queries);
        }
    }

    @Test
    void answersAfterKillWhatWasUnderWay() throws Exception {
        TopicNames topics = topics("kill");
        Process first = null;
        try (QueryClient queries = queries(topics)) {
            first = process(run("kill", "--set", HELD));
            ask(queries);
            awaitRead("kill", topics);

            first.destroyForcibly().waitFor();
            assertThat(queries.answer(Duration.ZERO)).isNull();
            assertResumes("kill", queries);
        } finally {
            if (first != null) {
                first.destroyForcibly();
            }
        }
    }

    @Test
    void beginsWithoutStateWhereItIsToldTo() throws Exception {
        topics("fresh");
        try (Launched first = Launched.start(run("fresh"))) {
            first.awaitSaying("running:");
            Launched other = Launched.run(run("fresh"));
            assertThat(other.err()).startsWith("another job keeps its state in " + directory.resolve("fresh-"));
            assertThat(other.exitCode()).isEqualTo(2);
        }
        try (Launched second = Launched.start(run("fresh", "--fresh"))) {
            second.awaitSaying("running:");
            assertThat(second.err()).doesNotContain("resuming");
        }
    }

    @Test
    void keepsTheStateOfTopicsThatWereMadeAnewApart() throws Exception {
        TopicNames topics = topics("anew");
        String before = stateOf(topics);
        assertThat(stateOf(topics)).isEqualTo(before);

        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(topics.queries())).all().get();
            Awaitility.await("the topic to be gone")
                    .atMost(Launched.PATIENCE)
                    .until(() -> !admin.listTopics().names().get().contains(topics.queries()));
        }
        topics("anew");
        assertThat(stateOf(topics)).isNotEqualTo(before);
    }

    private String stateOf(TopicNames topics) throws Exception {
        StateOptions options = CommandLine.populateCommand(new StateOptions(), "--state", directory.toString());
        KafkaConfig config = LocalJob.config(null, LocalJob.settings(kafka.bootstrapServers(), topics))
                .kafka();
        try (StateDirectory state = options.open(config)) {
            return state.toString();
        }
    }

    private void assertResumes(String group, QueryClient queries) throws Exception {
        try (Launched second = Launched.start(run(group))) {
            second.awaitSaying("resuming from the state of ");
            List<String> answered = new ArrayList<>();
            Awaitility.await("answers").atMost(Launched.PATIENCE).until(() -> {
                Answer answer = queries.answer(Duration.ofMillis(100));
                if (answer != null) {
                    answered.add(answer.request());
                }
                return answered.size() == QUERIES;
            });
            assertThat(answered).doesNotHaveDuplicates();
        }
    }

    private static void ask(QueryClient queries) throws Exception {
        for (int i = 0; i < QUERIES; i++) {
            var query = QueryFile.plain("red");
            query.putArray("documents").add("the red apple " + i).add("the sky");
            queries.send(query, "q" + i, 0);
        }
    }

    /** Waits until a checkpoint holds that all queries have been read. */
    private static void awaitRead(String group, TopicNames topics) {
        TopicPartition partition = new TopicPartition(topics.queries(), 0);
        try (Admin admin = admin()) {
            Awaitility.await("queries to be read").atMost(Launched.PATIENCE).until(() -> {
                OffsetAndMetadata read = admin.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get()
                        .get(partition);
                return read != null && read.offset() == QUERIES;
            });
        }
    }

    private static Admin admin() {
        return Admin.create(
                Map.<String, Object>of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()));
    }

    private static QueryClient queries(TopicNames topics) {
        return new QueryClient(new KafkaConnection(kafka.bootstrapServers(), Map.of()), topics);
    }

    private static TopicNames topics(String prefix) throws Exception {
        TopicNames topics =
                new TopicNames(prefix + "-documents", prefix + "-queries", prefix + "-results", prefix + "-dead");
        Launched created = Launched.run(
                "topics",
                "--create",
                "--partitions=1",
                "--bootstrap-servers=" + kafka.bootstrapServers(),
                "--documents-topic=" + topics.documents(),
                "--queries-topic=" + topics.queries(),
                "--results-topic=" + topics.results(),
                "--dead-letters-topic=" + topics.deadLetters());
        assertThat(created.exitCode()).isZero();
        return topics;
    }

    private String[] run(String prefix, String... more) {
        Stream<String> settings = Stream.of(
                        "kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "kafka.group-id=" + prefix,
                        "kafka.topics.documents=" + prefix + "-documents",
                        "kafka.topics.queries=" + prefix + "-queries",
                        "kafka.topics.results=" + prefix + "-results",
                        "kafka.topics.dead-letters=" + prefix + "-dead",
                        "rerank.timeout=10min",
                        "flink.execution.checkpointing.interval=200ms")
                .flatMap(setting -> Stream.of("--set", setting));
        Stream<String> where = Stream.of("--parallelism", "1", "--state", directory.toString());
        return Launched.withTinyModels(
                "run",
                Stream.of(where, settings, Arrays.stream(more))
                        .flatMap(part -> part)
                        .toArray(String[]::new));
    }

    private Process process(String... args) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(System.getProperty("streamrank.jvm.opens").split(" ")));
        String tests = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", tests, StreamRank.class.getName()));
        command.addAll(List.of(args));
        File log = directory.resolve("run.log").toFile();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }
}
