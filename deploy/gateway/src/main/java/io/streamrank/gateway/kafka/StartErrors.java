// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import io.streamrank.gateway.query.GatewayInputException;
import io.streamrank.gateway.query.GatewayStartException;
import io.streamrank.message.ClientErrors;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;

/** Turns what Kafka's clients report while the gateway starts into one sentence that says what to do. */
final class StartErrors {
    private StartErrors() {}

    /** Tells why a client could not be made: its address or its properties make no sense. */
    static GatewayInputException refused(KafkaSettings settings, Throwable failure) {
        return new GatewayInputException(
                "Kafka's client refuses %s: %s; check --bootstrap-servers, and the properties in --command-config"
                        .formatted(settings.bootstrapServers(), ClientErrors.why(failure)),
                ClientErrors.withoutSecrets(failure));
    }

    /**
     * Tells why Kafka could not be used.
     *
     * @param what the beginning of the sentence, if Kafka answers
     */
    static RuntimeException failed(KafkaSettings settings, String what, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException) {
                return new GatewayStartException(
                        "no Kafka answers at %s: check the address, that the broker runs, and the security settings in --command-config if it requires them"
                                .formatted(settings.bootstrapServers()),
                        failure);
            }
            if (cause instanceof ConfigException) {
                return refused(settings, failure);
            }
            if (cause instanceof AuthenticationException) {
                return new GatewayInputException(
                        "%s: Kafka says \"%s\"".formatted(what, ClientErrors.why(failure)),
                        ClientErrors.withoutSecrets(failure));
            }
        }
        return new GatewayStartException(
                "%s: Kafka says \"%s\"".formatted(what, ClientErrors.why(failure)),
                ClientErrors.withoutSecrets(failure));
    }
}
