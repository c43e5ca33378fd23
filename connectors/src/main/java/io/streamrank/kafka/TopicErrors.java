// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import io.streamrank.message.ClientErrors;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.PolicyViolationException;

/** Turns what Kafka's admin client reports about the job's topics into one sentence that says what to do. */
final class TopicErrors {
    /** Names the settings that lead to the brokers. */
    static final String CONNECTION = "kafka.bootstrap-servers and kafka.properties";

    private static final String NEW_TOPICS = "kafka.topics.partitions and kafka.topics.replication-factor";

    private TopicErrors() {}

    /** Names the topics that do not exist, with the commands that create them. */
    static TopicException missing(KafkaConfig config, List<NewTopic> topics) {
        String names = topics.stream().map(NewTopic::name).collect(Collectors.joining(", "));
        String commands = topics.stream().map(topic -> command(config, topic)).collect(Collectors.joining(" && "));
        return new TopicException("missing on %s: %s; allow the job to create topics, or create them with: %s"
                .formatted(config.bootstrapServers(), names, commands));
    }

    private static String command(KafkaConfig config, NewTopic topic) {
        String settings = topic.configs().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(setting -> " --config " + setting.getKey() + '=' + setting.getValue())
                .collect(Collectors.joining());
        return "kafka-topics.sh --bootstrap-server %s --create --topic %s --partitions %d --replication-factor %d%s"
                .formatted(
                        config.bootstrapServers(),
                        topic.name(),
                        topic.numPartitions(),
                        topic.replicationFactor(),
                        settings);
    }

    /**
     * Tells why Kafka's client could not be made, as its settings make no sense, or no host of theirs is known.
     *
     * @param cause whose own message says no more than that
     */
    static TopicException unusable(KafkaConfig config, Throwable cause) {
        return new TopicException(
                "Kafka's client cannot be set up for %s: %s; check %s"
                        .formatted(config.bootstrapServers(), ClientErrors.why(cause), CONNECTION),
                cause);
    }

    /**
     * Tells why the topics could not be checked.
     *
     * @param timeout that the brokers had to answer
     */
    static TopicException failed(KafkaConfig config, Duration timeout, Throwable cause) {
        if (cause instanceof TimeoutException || cause instanceof org.apache.kafka.common.errors.TimeoutException) {
            return new TopicException(
                    "no answer from Kafka on %s within %d s; check kafka.bootstrap-servers, and the security settings under"
                                    .formatted(config.bootstrapServers(), timeout.toSeconds())
                            + " kafka.properties if the brokers require them",
                    cause);
        }
        if (cause instanceof AuthenticationException) {
            return new TopicException(
                    "Kafka on %s does not let the job in: %s; check the credentials and certificates under kafka.properties"
                            .formatted(config.bootstrapServers(), ClientErrors.withReason(cause)),
                    cause);
        }
        if (cause instanceof AuthorizationException) {
            return new TopicException(
                    "Kafka on %s forbids what the job does: %s; the job needs READ on %s, %s and the group %s, and WRITE on %s and %s"
                            .formatted(
                                    config.bootstrapServers(),
                                    ClientErrors.said(cause),
                                    config.documentsTopic(),
                                    config.queriesTopic(),
                                    config.groupId(),
                                    config.resultsTopic(),
                                    config.deadLettersTopic()),
                    cause);
        }
        return new TopicException(
                "the topics on %s could not be checked: %s; check %s"
                        .formatted(
                                config.bootstrapServers(),
                                ClientErrors.why(cause),
                                isAboutNewTopics(cause) ? NEW_TOPICS : CONNECTION),
                cause);
    }

    /** Tells whether the brokers refuse to create topics as the job wants them. */
    private static boolean isAboutNewTopics(Throwable cause) {
        return cause instanceof InvalidReplicationFactorException
                || cause instanceof InvalidPartitionsException
                || cause instanceof PolicyViolationException;
    }
}
