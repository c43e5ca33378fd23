// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A failure is told by what its root says; Kafka's clients put little around it. */
class TopicErrorsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String CHECK = "; check kafka.bootstrap-servers and kafka.properties";

    @TempDir
    Path directory;

    @Test
    void anAddressWithoutAPortIsNamed() {
        KafkaConfig config = Configs.with("broker", true, false, Map.of(), Map.of(), Map.of());

        assertThatThrownBy(() -> new TopicCreator(config, TIMEOUT).createMissing())
                .isInstanceOf(TopicException.class)
                .hasMessage(
                        "Kafka's client cannot be set up for broker: Invalid url in bootstrap.servers: broker" + CHECK);
        assertThatThrownBy(() -> TopicIds.of(config, List.of("documents")))
                .isInstanceOf(TopicException.class)
                .hasMessage(
                        "the topics [documents] on broker cannot be described: Invalid url in bootstrap.servers: broker"
                                + CHECK);
        assertThatThrownBy(() -> TopicExtentReader.ofDocuments(config))
                .isInstanceOf(TopicException.class)
                .hasMessage("topic documents cannot be read: Invalid url in bootstrap.servers: broker" + CHECK);
    }

    @Test
    void aTruststoreThatIsNotThereIsNamed() {
        String trust = directory.resolve("trust.p12").toString();
        KafkaConfig config = Configs.properties(
                Map.of("security.protocol", "SSL", "ssl.truststore.location", trust), Map.of(), Map.of());

        assertThatThrownBy(() -> new TopicCreator(config, TIMEOUT).createMissing())
                .isInstanceOf(TopicException.class)
                .hasMessage("Kafka's client cannot be set up for localhost:9092: " + trust + " does not exist" + CHECK);
    }

    @Test
    void aLoginModuleThatIsNotThereIsNamed() {
        KafkaConfig config = Configs.properties(
                Map.of(
                        "security.protocol", "SASL_PLAINTEXT",
                        "sasl.mechanism", "PLAIN",
                        "sasl.jaas.config", "no.such.LoginModule required;"),
                Map.of(),
                Map.of());

        assertThatThrownBy(() -> new TopicCreator(config, TIMEOUT).createMissing())
                .isInstanceOf(TopicException.class)
                .hasMessageContaining("no.such.LoginModule")
                .hasMessageNotContaining("Failed to create new KafkaAdminClient")
                .hasMessageEndingWith(CHECK);
    }

    @Test
    void whatMayBePartOfAPasswordIsNoCauseEither() {
        assertThat(new TopicException("no", new KafkaException("Value not specified for key 'hush' in JAAS config")))
                .rootCause()
                .hasMessageStartingWith("sasl.jaas.config cannot be read");
    }

    @Test
    void whoIsNotLetInLearnsTheReasonToo() {
        assertThat(told(new SaslAuthenticationException("wrong password")))
                .isEqualTo("Kafka on localhost:9092 does not let the job in: wrong password; check the credentials and"
                        + " certificates under kafka.properties");
        assertThat(told(new SslAuthenticationException(
                        "SSL handshake failed", new KafkaException("PKIX", new IllegalStateException("no path")))))
                .isEqualTo("Kafka on localhost:9092 does not let the job in: SSL handshake failed: no path; check the"
                        + " credentials and certificates under kafka.properties");
    }

    @Test
    void whatTheBrokersRefuseIsToldWithWhatToCheck() {
        assertThat(told(new InvalidReplicationFactorException("3 is larger than 1 broker")))
                .isEqualTo("the topics on localhost:9092 could not be checked: 3 is larger than 1 broker; check"
                        + " kafka.topics.partitions and kafka.topics.replication-factor");
        assertThat(told(new KafkaException("outer", new IllegalStateException("inner"))))
                .isEqualTo("the topics on localhost:9092 could not be checked: inner" + CHECK);
    }

    private static String told(Throwable failure) {
        return TopicErrors.failed(Configs.plain(), TIMEOUT, failure).getMessage();
    }
}
