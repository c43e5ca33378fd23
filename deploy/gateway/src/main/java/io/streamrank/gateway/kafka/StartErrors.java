// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.gateway.kafka;

import io.streamrank.gateway.query.GatewayInputException;
import io.streamrank.gateway.query.GatewayStartException;
import java.nio.file.FileSystemException;
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
                        .formatted(settings.bootstrapServers(), reason(failure)),
                failure);
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
                return new GatewayInputException("%s: Kafka says \"%s\"".formatted(what, reason(failure)), failure);
            }
        }
        return new GatewayStartException("%s: Kafka says \"%s\"".formatted(what, reason(failure)), failure);
    }

    /**
     * Returns the first line of what the cause says that no other cause explains: those around it say little more than
     * that something failed. Java's message about a file is its name alone, so there what is around it counts.
     */
    private static String reason(Throwable failure) {
        String reason = failure.toString();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && !(cause instanceof FileSystemException)) {
                reason = message;
            }
        }
        return reason.lines().findFirst().orElse(reason);
    }
}
