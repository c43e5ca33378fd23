// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import io.streamrank.kafka.KafkaConfig;
import io.streamrank.kafka.TopicCreator;
import io.streamrank.local.client.KafkaConnection;
import io.streamrank.local.client.TopicAdmin;
import io.streamrank.local.client.TopicNames;
import io.streamrank.local.cluster.LocalJob;
import io.streamrank.local.console.Console;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs {@code ./streamrank topics}: shows the job's topics and creates the missing ones. */
@Command(
        name = "topics",
        description = {
            "Shows the job's topics, and with --create creates the missing ones: documents compacted, the others not."
        },
        footer = {
            "  ./streamrank topics --bootstrap-servers localhost:9092",
            "  ./streamrank topics --create --partitions 8 --replication 3"
        })
public final class TopicsCommand implements Callable<Integer> {
    @Mixin
    private KafkaClientOptions kafka = new KafkaClientOptions();

    @Mixin
    private TopicOptions topics = new TopicOptions();

    @Option(names = "--create", description = "Create the topics that are missing.")
    private boolean create;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Partitions of each new topic; by default the job's.")
    private @Nullable Integer partitions;

    @Option(
            names = "--replication",
            paramLabel = "N",
            description = "Replicas of each new topic; by default the job's.")
    private @Nullable Integer replication;

    @Mixin
    private ConsoleMixin terminal = new ConsoleMixin();

    @Override
    public Integer call() throws Exception {
        KafkaConnection connection = kafka.connection();
        TopicNames names = topics.names();
        KafkaConfig config = config(connection, names);
        try (TopicAdmin admin = new TopicAdmin(connection)) {
            Map<String, TopicAdmin.State> before = admin.describe(names.all());
            if (create) {
                new TopicCreator(config).createMissing();
            }
            Map<String, TopicAdmin.State> after = create ? admin.describe(names.all()) : before;
            print(names, after, before.keySet());
        }
        return 0;
    }

    /** As the job itself would create them, but that the client's secrets stay in this process and may be literal. */
    private KafkaConfig config(KafkaConnection connection, TopicNames names) {
        Map<String, String> settings = LocalJob.settings(connection.bootstrapServers(), names);
        if (partitions != null) {
            settings.put("kafka.topics.partitions", partitions.toString());
        }
        if (replication != null) {
            settings.put("kafka.topics.replication-factor", replication.toString());
        }
        return LocalJob.config(null, settings).kafka().withProperties(connection.properties());
    }

    private void print(TopicNames names, Map<String, TopicAdmin.State> states, Set<String> before) {
        Console console = terminal.console();
        for (String name : names.all()) {
            TopicAdmin.State state = states.get(name);
            String made = state != null && !before.contains(name) ? " (new)" : "";
            console.print(String.format("%-20s %s%s", name, describe(state), made));
        }
        if (!states.keySet().containsAll(names.all())) {
            console.say("create what is missing with: ./streamrank topics --create");
        }
        TopicAdmin.State documents = states.get(names.documents());
        if (documents != null && documents.isKnownToExpire()) {
            console.say(
                    names.documents() + " should be compacted, or Kafka deletes documents after its retention time");
        }
    }

    private static String describe(TopicAdmin.@Nullable State state) {
        return state == null
                ? "missing"
                : "partitions " + state.partitions() + ", copies " + state.replication() + ", cleanup "
                        + state.cleanupPolicy();
    }
}
