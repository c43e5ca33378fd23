// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import io.streamrank.local.console.FailedException;
import io.streamrank.local.console.InputException;
import io.streamrank.message.ClientErrors;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Describes topics. Not thread-safe. */
public final class TopicAdmin implements AutoCloseable {
    private static final String CLEANUP_POLICY = "cleanup.policy";
    private static final String UNKNOWN = "unknown";

    private final Admin admin;
    private final KafkaConnection connection;

    /**
     * Connects lazily.
     *
     * @throws InputException where the address or the client properties make no sense
     */
    public TopicAdmin(KafkaConnection connection) {
        this.connection = connection;
        try {
            this.admin = Admin.create(connection.admin());
        } catch (KafkaException e) {
            throw new InputException(
                    "Kafka's client refuses " + connection.bootstrapServers() + ": " + ClientErrors.why(e),
                    ClientErrors.withoutSecrets(e));
        }
    }

    /**
     * Describes a topic that exists.
     *
     * @param cleanupPolicy {@code delete}, {@code compact} or both; {@code unknown} if the user has no right to see it
     */
    public record State(int partitions, int replication, String cleanupPolicy) {
        /** Returns whether Kafka deletes records after a time, as far as this user may know. */
        public boolean isKnownToExpire() {
            return !cleanupPolicy.contains("compact") && !cleanupPolicy.equals(UNKNOWN);
        }
    }

    /** Returns the topics of the given names that exist. Only cleanup policies need the right DESCRIBE_CONFIGS. */
    public Map<String, State> describe(List<String> names) throws InterruptedException {
        List<String> found = existing(names);
        Map<String, TopicDescription> descriptions =
                get(admin.describeTopics(found).allTopicNames());
        Map<ConfigResource, KafkaFuture<Config>> configs = admin.describeConfigs(
                        found.stream().map(TopicAdmin::resource).toList())
                .values();
        Map<String, State> states = new TreeMap<>();
        for (TopicDescription topic : descriptions.values()) {
            states.put(
                    topic.name(),
                    new State(
                            topic.partitions().size(),
                            topic.partitions().get(0).replicas().size(),
                            policy(configs.get(resource(topic.name())))));
        }
        return states;
    }

    /** Returns which of the topics exist. Whoever may read or write a topic sees that it does. */
    public List<String> existing(List<String> names) throws InterruptedException {
        Set<String> all = get(admin.listTopics().names());
        return names.stream().filter(all::contains).distinct().toList();
    }

    /**
     * Checks that topics exist.
     *
     * @param help a clause that says what makes them
     * @throws InputException names the first that does not exist
     */
    public void require(List<String> names, String help) throws InterruptedException {
        List<String> existing = existing(names);
        for (String name : names) {
            if (!existing.contains(name)) {
                throw new InputException(
                        "Kafka at " + connection.bootstrapServers() + " has no topic \"" + name + "\": " + help);
            }
        }
    }

    private <T> T get(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    private String policy(@Nullable KafkaFuture<Config> config) throws InterruptedException {
        if (config == null) {
            return UNKNOWN;
        }
        try {
            return config.get().get(CLEANUP_POLICY).value();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return UNKNOWN;
            }
            throw failure(e);
        }
    }

    /** Wrong credentials are the user's input; that nobody answers is not. */
    private RuntimeException failure(ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof TimeoutException) {
            return new FailedException(
                    "no Kafka answers at " + connection.bootstrapServers()
                            + ": is the address right, and is the broker running?",
                    e);
        }
        String sentence = "Kafka at " + connection.bootstrapServers() + " refuses: " + ClientErrors.why(e);
        return cause instanceof AuthenticationException || cause instanceof AuthorizationException
                ? new InputException(sentence, e)
                : new FailedException(sentence, e);
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    @Override
    public void close() {
        admin.close();
    }
}
