// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.local.StreamRank;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's clients at a broker with TLS, SCRAM and ACLs, with just the rights that docs/deploy.md names. */
class LauncherSecurityITCase {
    private static final String PASSWORD = "client-password-3071";

    @TempDir
    private static Path directory;

    private static SecureKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        kafka = SecureKafka.start(directory);
        for (String topic : List.of("documents", "queries", "ranked-results", "dead-letters")) {
            TopicHelper.create(kafka.openBootstrapServers(), topic);
        }
        kafka.user("asker", PASSWORD);
        kafka.allow("asker", AclOperation.WRITE, ResourceType.TOPIC, "queries");
        kafka.allow("asker", AclOperation.READ, ResourceType.TOPIC, "ranked-results", "dead-letters");
        kafka.user("loader", PASSWORD);
        kafka.allow("loader", AclOperation.WRITE, ResourceType.TOPIC, "documents");
        kafka.allow("loader", AclOperation.READ, ResourceType.TOPIC, "dead-letters");
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    /** Without a job there is no answer, but the query is on its topic. */
    @Test
    void asks() throws Exception {
        assertThat(run(1, "asker", "ask", "--timeout=1", "who sank?")).contains("no answer came within 1 s");
        assertThat(CommittedRecords.read(kafka.openBootstrapServers(), "queries", 1))
                .hasSize(1);
    }

    @Test
    void loadsAndLooksForDeadLetters() throws Exception {
        Path file = Files.writeString(directory.resolve("d.jsonl"), "{\"id\":\"1\",\"text\":\"The ship sank.\"}\n");

        assertThat(run(0, "loader", "load", "--wait=1", file.toString()))
                .contains("1 documents written to documents in ", ", the topic dead-letters");
    }

    @Test
    void showsTopicsWithoutWhatTheUserMayNotSee() throws Exception {
        assertThat(run(0, "asker", "topics"))
                .contains(
                        "documents            missing", "queries              partitions 1, copies 1, cleanup unknown");
        assertThat(run(0, "loader", "topics"))
                .contains("documents            partitions 1, copies 1, cleanup unknown")
                .doesNotContain("should be compacted");
    }

    @Test
    void wrongCredentialsAreWrongInput() throws Exception {
        assertThat(run(2, "nobody", "topics"))
                .startsWith("Kafka at " + kafka.secureBootstrapServers() + " refuses: Authentication failed");
    }

    /** Returns everything that the command says. */
    private static String run(int exitCode, String user, String... command) throws IOException {
        Path client = Files.createTempFile(directory, "client", ".properties");
        Files.writeString(client, """
                security.protocol=SASL_SSL
                sasl.mechanism=SCRAM-SHA-512
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
                username="%s" password="%s";
                ssl.truststore.type=PKCS12
                ssl.truststore.location=%s
                ssl.truststore.password=%s
                """.formatted(user, PASSWORD, kafka.trust(), SecureKafka.STORE_PASSWORD));
        Stream<String> connection =
                Stream.of("--command-config=" + client, "--bootstrap-servers=" + kafka.secureBootstrapServers());
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said, true);
        int code = StreamRank.commandLine()
                .setOut(writer)
                .setErr(writer)
                .execute(Stream.concat(Stream.of(command), connection).toArray(String[]::new));
        assertThat(code).as(said.toString()).isEqualTo(exitCode);
        return said.toString();
    }
}
