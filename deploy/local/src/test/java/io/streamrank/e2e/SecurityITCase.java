// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.config.JobConfig;
import io.streamrank.kafka.TopicCreator;
import io.streamrank.kafka.TopicException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job at a broker with TLS, SCRAM and ACLs: what it may, what it is told where it may not, and who sees secrets.
 */
class SecurityITCase {
    private static final String PASSWORD = "ranker-password-8264";
    private static final List<String> TOPICS = List.of("documents", "queries", "ranked-results", "dead-letters");

    @TempDir
    private static Path directory;

    private static SecureKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        kafka = SecureKafka.start(directory);
        for (String topic : TOPICS) {
            TopicHelper.create(kafka.openBootstrapServers(), topic);
        }
        kafka.user("ranker", PASSWORD);
        kafka.allow("ranker", AclOperation.READ, ResourceType.TOPIC, "documents", "queries");
        kafka.allow("ranker", AclOperation.WRITE, ResourceType.TOPIC, "ranked-results", "dead-letters");
        kafka.allow("ranker", AclOperation.READ, ResourceType.GROUP, "streamrank");
        kafka.user("reader", PASSWORD);
        kafka.allow("reader", AclOperation.READ, ResourceType.TOPIC, "documents", "queries");
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void answersAsAUserWithJustTheRightsThatTheDocumentationNamesAndLeavesNoSecretBehind() throws Exception {
        Path state = directory.resolve("state");
        Map<String, String> settings = settings("ranker", PASSWORD, kafka.trust());
        settings.put(
                "flink.execution.checkpointing.dir",
                state.resolve("checkpoints").toUri().toString());
        try (RunningJob job = new RunningJob(kafka.openBootstrapServers(), settings)) {
            job.send("documents", "a", """
                    {"id":"a","text":"the red apple"}""");
            job.send("queries", "q", """
                    {"id":"q","query":"red apple"}""");
            job.send("queries", "bad", "{");
            job.flush();
            job.submit();

            assertThat(RunningJob.ids(job.answers("ranked-results", 1).get("q")))
                    .containsExactly("a");
            assertThat(job.read("dead-letters", 1)).hasSize(1);
            job.savepoint(state.resolve("savepoints"));
            assertThat(holdsNoSecret(job.serializedJobGraph())).isTrue();
        }
        try (Stream<Path> files = Files.walk(state)) {
            assertThat(files.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allSatisfy(file ->
                            assertThat(holdsNoSecret(Files.readAllBytes(file))).isTrue());
        }
    }

    /** What fails is seen by more people than what works, so the job is made to fail, too. */
    @Test
    void answersExactlyOnceWithTheRightsThatTheDocumentationNamesAndShowsNoSecretInLogsOrOverRest() throws Exception {
        Map<String, String> settings = settings("exact", PASSWORD, kafka.trust());
        settings.put("delivery", "exactly-once");
        settings.put("kafka.group-id", "exact");
        settings.put("kafka.topics.documents", "exact-documents");
        settings.put("kafka.topics.queries", "exact-queries");
        settings.put("kafka.topics.results", "exact-results");
        settings.put("kafka.topics.dead-letters", "exact-dead-letters");
        allowExactlyOnce();
        try (RunningJob job = new RunningJob(kafka.openBootstrapServers(), settings)) {
            job.send("exact-documents", "a", """
                    {"id":"a","text":"the red apple"}""");
            job.send("exact-queries", "q", """
                    {"id":"q","query":"red apple"}""");
            job.send("exact-queries", "bad", "{");
            job.flush();
            job.submit();

            assertThat(RunningJob.ids(job.answers("exact-results", 1).get("q"))).containsExactly("a");
            assertThat(job.read("exact-dead-letters", 1)).hasSize(1);
            kafka.forbid("exact", AclOperation.READ, ResourceType.TOPIC, "exact-queries");
            Awaitility.await("the job to fail")
                    .atMost(RunningJob.PATIENCE)
                    .until(() -> body(job.rest("/jobs/JOB/exceptions")).contains("TopicAuthorizationException"));
            assertThat(Stream.of("/jobs/JOB/exceptions", "/jobs/JOB/config", "/jobs/JOB", "/jobmanager/config"))
                    .allSatisfy(path -> assertThat(body(job.rest(path)))
                            .startsWithIgnoringCase(path.equals("/jobmanager/config") ? "[" : "{")
                            .doesNotContain(PASSWORD, SecureKafka.STORE_PASSWORD));
        }
        assertThat(Files.readString(Path.of("target", "logs", "tests.log")))
                .contains("sasl.jaas.config = [hidden]", "TopicAuthorizationException")
                .doesNotContain(PASSWORD, SecureKafka.STORE_PASSWORD);
    }

    private static String body(URI address) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body();
    }

    private static void allowExactlyOnce() throws Exception {
        for (String topic : List.of("exact-documents", "exact-queries", "exact-results", "exact-dead-letters")) {
            TopicHelper.create(kafka.openBootstrapServers(), topic);
        }
        kafka.user("exact", PASSWORD);
        kafka.allow("exact", AclOperation.READ, ResourceType.TOPIC, "exact-documents", "exact-queries");
        kafka.allow("exact", AclOperation.WRITE, ResourceType.TOPIC, "exact-results", "exact-dead-letters");
        kafka.allow("exact", AclOperation.READ, ResourceType.GROUP, "exact");
        ResourcePattern ids = new ResourcePattern(ResourceType.TRANSACTIONAL_ID, "exact", PatternType.PREFIXED);
        kafka.allow("exact", AclOperation.WRITE, ids);
        kafka.allow("exact", AclOperation.DESCRIBE, ids);
    }

    @Test
    void saysSoWhereThePasswordIsWrong() {
        assertThatThrownBy(() ->
                        topics("ranker", "another password", kafka.trust()).createMissing())
                .isInstanceOf(TopicException.class)
                .hasMessage(
                        "Kafka on %s does not let the job in: Authentication failed during authentication due to invalid"
                                        .formatted(kafka.secureBootstrapServers())
                                + " credentials with SASL mechanism SCRAM-SHA-512; check the credentials and certificates under"
                                + " kafka.properties");
    }

    @Test
    void saysSoWhereTheCertificateIsUnknown() throws Exception {
        Path other = SecureKafka.otherTrust(directory);
        assertThatThrownBy(() -> topics("ranker", PASSWORD, other).createMissing())
                .isInstanceOf(TopicException.class)
                .hasMessageStartingWith(
                        "Kafka on " + kafka.secureBootstrapServers() + " does not let the job in: SSL handshake failed")
                .hasMessageEndingWith("; check the credentials and certificates under kafka.properties");
    }

    @Test
    void saysWhichTopicAndWhichRightIsMissing() {
        assertThatThrownBy(() -> topics("reader", PASSWORD, kafka.trust()).createMissing())
                .isInstanceOf(TopicException.class)
                .hasMessageStartingWith("Kafka on " + kafka.secureBootstrapServers()
                        + " forbids what the job does: Not authorized to access topics: [ranked-results]")
                .hasMessageEndingWith(
                        "; the job needs READ on documents, queries and the group streamrank, and WRITE on"
                                + " ranked-results and dead-letters");
    }

    @Test
    void saysWhatToCheckWhereTheBrokerExpectsTls() throws Exception {
        Map<String, String> settings = Map.of("kafka.bootstrap-servers", kafka.secureBootstrapServers());
        assertThatThrownBy(() -> new TopicCreator(
                                JobConfig.of(settings, Map.of()).kafka(), Duration.ofSeconds(5))
                        .createMissing())
                .isInstanceOf(TopicException.class)
                .hasMessage(
                        "no answer from Kafka on %s within 5 s; check kafka.bootstrap-servers, and the security settings"
                                        .formatted(kafka.secureBootstrapServers())
                                + " under kafka.properties if the brokers require them");
    }

    private static TopicCreator topics(String user, String password, Path trust) throws IOException {
        return new TopicCreator(
                JobConfig.of(settings(user, password, trust), Map.of()).kafka());
    }

    /** As in docs/deploy.md: secrets in a file that only the machines of the cluster have. */
    private static Map<String, String> settings(String user, String password, Path trust) throws IOException {
        Path secrets = Files.createTempFile(directory, "secrets", ".properties");
        Files.writeString(secrets, "password=" + password + "\ntruststore=" + SecureKafka.STORE_PASSWORD + "\n");
        Map<String, String> settings = new HashMap<>();
        settings.put("kafka.bootstrap-servers", kafka.secureBootstrapServers());
        settings.put("kafka.properties.security.protocol", "SASL_SSL");
        settings.put("kafka.properties.sasl.mechanism", "SCRAM-SHA-512");
        settings.put(
                "kafka.properties.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user
                        + "\" password=\"${file:" + secrets + ":password}\";");
        settings.put("kafka.properties.ssl.truststore.type", "PKCS12");
        settings.put("kafka.properties.ssl.truststore.location", trust.toString());
        settings.put("kafka.properties.ssl.truststore.password", "${file:" + secrets + ":truststore}");
        return settings;
    }

    private static boolean holdsNoSecret(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return !text.contains(PASSWORD) && !text.contains(SecureKafka.STORE_PASSWORD);
    }
}
