// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.gateway.query.GatewayInputException;
import io.streamrank.gateway.query.GatewayStartException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

class StartErrorsTest {
    private static final KafkaSettings SETTINGS =
            new KafkaSettings("kafka:9092", Map.of(), "queries", "documents", "replies", null, 1);

    @Test
    void tellsWhatIsBehindThatAClientCouldNotBeMade() {
        KafkaException unknown = new KafkaException(
                "Failed to create new KafkaAdminClient",
                new ConfigException("No resolvable bootstrap urls given in bootstrap.servers"));
        String sentence = "Kafka's client refuses kafka:9092: No resolvable bootstrap urls given in bootstrap.servers;"
                + " check --bootstrap-servers, and the properties in --command-config";

        assertThat(StartErrors.refused(SETTINGS, unknown)).hasMessage(sentence);
        assertThat(StartErrors.failed(SETTINGS, "the gateway cannot use Kafka", unknown))
                .isInstanceOf(GatewayInputException.class)
                .hasMessage(sentence);
    }

    @Test
    void saysWhatIsWrongWithAFileOfWhichJavaOnlyGivesTheName() {
        KafkaException missing = new KafkaException(
                "Failed to create new KafkaAdminClient",
                new KafkaException("Failed to load SSL keystore trust.p12", new NoSuchFileException("trust.p12")));

        assertThat(StartErrors.refused(SETTINGS, missing))
                .hasMessageStartingWith("Kafka's client refuses kafka:9092: trust.p12 does not exist; check ");
    }

    @Test
    void doesNotRepeatWhatMayBePartOfAPassword() {
        KafkaException unquoted = new KafkaException(
                "Failed to create new KafkaAdminClient",
                new IllegalArgumentException("Value not specified for key 'hush' in JAAS config"));

        assertThat(StartErrors.refused(SETTINGS, unquoted))
                .hasMessageStartingWith("Kafka's client refuses kafka:9092: sasl.jaas.config cannot be read, put each")
                .rootCause()
                .hasMessageStartingWith("sasl.jaas.config cannot be read");
    }

    @Test
    void saysThatNoKafkaAnswers() {
        TimeoutException late = new TimeoutException("Timed out waiting for a node assignment. Call: describeTopics");

        assertThat(StartErrors.failed(SETTINGS, "the topic cannot be used", new ExecutionException(late)))
                .isInstanceOf(GatewayStartException.class)
                .hasMessage("no Kafka answers at kafka:9092: check the address, that the broker runs, and the security"
                        + " settings in --command-config if it requires them");
    }

    @Test
    void aWrongPasswordIsWrongInput() {
        Exception wrong = new ExecutionException(new SaslAuthenticationException("invalid credentials"));

        assertThat(StartErrors.failed(SETTINGS, "the topic cannot be used", wrong))
                .isInstanceOf(GatewayInputException.class)
                .hasMessage("the topic cannot be used: Kafka says \"invalid credentials\"");
    }

    @Test
    void passesOnWhatKafkaSays() {
        Exception forbidden = new ExecutionException(new TopicAuthorizationException("Topic authorization failed."));

        assertThat(StartErrors.failed(SETTINGS, "the replies topic replies at kafka:9092 cannot be used", forbidden))
                .isInstanceOf(GatewayStartException.class)
                .hasMessage("the replies topic replies at kafka:9092 cannot be used: Kafka says \"Topic authorization"
                        + " failed.\"");
    }
}
