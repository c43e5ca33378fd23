// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.kafka;

import static java.util.Objects.requireNonNull;

import io.streamrank.message.ClientErrors;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Reads topic ids, which tell a topic from another of its name: on another cluster, or before it was deleted and recreated. */
public final class TopicIds {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private TopicIds() {}

    /**
     * Returns the ids that the brokers gave the topics, in the order of the names.
     *
     * @throws TopicException where a topic does not exist or the brokers do not answer
     */
    public static List<String> of(KafkaConfig config, List<String> names) throws TopicException, InterruptedException {
        try (Admin admin = Admin.create(ClientProperties.admin(config))) {
            var described = admin.describeTopics(names).allTopicNames().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return names.stream()
                    .map(name -> requireNonNull(described.get(name)).topicId().toString())
                    .toList();
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new TopicException(
                    "the topics %s on %s cannot be described: %s; check %s"
                            .formatted(names, config.bootstrapServers(), ClientErrors.why(e), TopicErrors.CONNECTION),
                    e);
        }
    }
}
