// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import io.streamrank.local.console.Causes;
import io.streamrank.local.console.InputException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;

/** Describes topics. Not thread-safe. */
public final class TopicAdmin implements AutoCloseable {
    private static final String CLEANUP_POLICY = "cleanup.policy";

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
                    "Kafka's client refuses " + connection.bootstrapServers() + ": " + Causes.root(e), e);
        }
    }

    /**
     * Describes a topic that exists.
     *
     * @param cleanupPolicy {@code delete}, {@code compact} or both
     */
    public record State(int partitions, int replication, String cleanupPolicy) {}

    /** Returns the topics of the given names that exist. */
    public Map<String, State> describe(List<String> names) throws InterruptedException {
        Set<String> existing = get(admin.listTopics().names());
        List<String> found =
                names.stream().filter(existing::contains).distinct().toList();
        Map<String, TopicDescription> descriptions =
                get(admin.describeTopics(found).allTopicNames());
        Map<ConfigResource, Config> configs = get(
                admin.describeConfigs(found.stream().map(TopicAdmin::resource).toList())
                        .all());
        Map<String, State> states = new TreeMap<>();
        descriptions.forEach((name, description) -> states.put(
                name,
                new State(
                        description.partitions().size(),
                        description.partitions().get(0).replicas().size(),
                        policy(configs.get(resource(name))))));
        return states;
    }

    /**
     * Checks that topics exist.
     *
     * @param help a clause that says what makes them
     * @throws InputException names the first that does not exist
     */
    public void require(List<String> names, String help) throws InterruptedException {
        Set<String> existing = describe(names).keySet();
        for (String name : names) {
            if (!existing.contains(name)) {
                throw new InputException(
                        "Kafka at " + connection.bootstrapServers() + " has no topic \"" + name + "\": " + help);
            }
        }
    }

    private <T> T get(org.apache.kafka.common.KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new InputException(
                        "no Kafka answers at " + connection.bootstrapServers()
                                + ": is the address right, and is the broker running?",
                        e);
            }
            throw new InputException("Kafka at " + connection.bootstrapServers() + " refuses: " + Causes.root(e), e);
        }
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static String policy(@org.jspecify.annotations.Nullable Config config) {
        return config == null ? "unknown" : config.get(CLEANUP_POLICY).value();
    }

    @Override
    public void close() {
        admin.close();
    }
}
