// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class ClientErrorsTest {
    @Test
    void namesThatJavaLeavesAloneBecomeSentences() {
        assertThat(ClientErrors.why(new KafkaException(
                        "outer", new IllegalArgumentException("Value not specified for key 'hush' in JAAS config"))))
                .isEqualTo(
                        "sasl.jaas.config cannot be read, put each value in quotes and a backslash before quotes in it");
        assertThat(ClientErrors.why(new KafkaException("outer", new ClassNotFoundException("a.B"))))
                .isEqualTo("the class a.B is not on the class path");
        assertThat(ClientErrors.why(new KafkaException("outer", new NoClassDefFoundError("a/B"))))
                .isEqualTo("the class a.B is not on the class path");
        assertThat(ClientErrors.why(new KafkaException("outer", new AccessDeniedException("/keys/trust.p12"))))
                .isEqualTo("/keys/trust.p12 may not be read");
        assertThat(ClientErrors.why(new ExecutionException(new IllegalStateException("inner\nand more"))))
                .isEqualTo("inner");
        assertThat(ClientErrors.why(new TimeoutException())).isEqualTo("no answer came in time");
    }

    @Test
    void saysWhatALoginLacks() {
        assertThat(ClientErrors.why(new KafkaException("Invalid login module control flag 'username' in JAAS config")))
                .isEqualTo("sasl.jaas.config cannot be read, write required after the login module");
        assertThat(ClientErrors.why(new KafkaException("Login module not specified in JAAS config")))
                .isEqualTo("sasl.jaas.config cannot be read, write a login module first");
    }

    @Test
    void aCauseThatSaysNothingIsNotTheReason() {
        assertThat(ClientErrors.why(new KafkaException("Failed to load SSL keystore trust.p12", new EOFException())))
                .isEqualTo("Failed to load SSL keystore trust.p12");
        assertThat(ClientErrors.why(new ExecutionException(new IllegalStateException())))
                .isEqualTo("IllegalStateException");
    }

    @Test
    void whatMayBePartOfAPasswordIsNoCauseEither() {
        KafkaException unquoted = new KafkaException(
                "Failed to create new KafkaAdminClient",
                new IllegalArgumentException("Value not specified for key 'hush' in JAAS config"));
        assertThat(ClientErrors.withoutSecrets(unquoted))
                .hasMessageStartingWith("sasl.jaas.config cannot be read")
                .hasNoCause();

        KafkaException address = new KafkaException("Invalid value https://me:hush@idp/t for configuration x.url");
        assertThat(ClientErrors.withoutSecrets(address))
                .hasMessage("Invalid value https://***@idp/t for configuration x.url");

        KafkaException other = new KafkaException("Invalid url in bootstrap.servers: broker");
        assertThat(ClientErrors.withoutSecrets(other)).isSameAs(other);
    }
}
