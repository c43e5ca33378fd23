// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import io.streamrank.local.client.Connection;
import io.streamrank.local.client.TopicAdmin;
import io.streamrank.local.client.TopicNames;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the job's topics and creates the missing ones. */
@Command(
        name = "topics",
        description = {
            "Shows the job's topics, and with --create creates the missing ones: documents compacted, the others not."
        },
        footer = {
            "  ./streamrank topics --bootstrap-servers localhost:9092",
            "  ./streamrank topics --create --partitions 8 --replication 3"
        })
final class TopicsCommand implements Callable<Integer> {
    @Mixin
    private KafkaAddress kafka = new KafkaAddress();

    @Mixin
    private TopicOptions topics = new TopicOptions();

    @Option(names = "--create", description = "Create what is missing.")
    private boolean create;

    @Option(names = "--partitions", paramLabel = "N", defaultValue = "4", description = "Of each new topic.")
    private int partitions;

    @Option(
            names = "--replication",
            paramLabel = "N",
            defaultValue = "-1",
            description = "Copies of each new topic; -1 for the broker's default.")
    private short replication;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        if (partitions < 1) {
            throw new InputException("--partitions must be at least 1: " + partitions);
        }
        Connection connection = kafka.connection();
        TopicNames names = topics.names();
        try (TopicAdmin admin = new TopicAdmin(connection)) {
            List<String> created = create ? admin.createMissing(names, partitions, replication) : List.of();
            print(names, admin.describe(names.all()), created);
        }
        return 0;
    }

    private void print(TopicNames names, Map<String, TopicAdmin.State> states, List<String> created) {
        var out = spec.commandLine().getOut();
        boolean missing = false;
        for (String name : names.all()) {
            TopicAdmin.State state = states.get(name);
            missing |= state == null && !created.contains(name);
            out.printf("%-20s %s%n", name, describe(name, state, created.contains(name), names));
        }
        if (missing) {
            out.println("Create what is missing with: ./streamrank topics --create");
        }
        out.flush();
    }

    private static String describe(
            String name, TopicAdmin.@org.jspecify.annotations.Nullable State state, boolean created, TopicNames names) {
        if (state == null) {
            return created ? "created" : "missing";
        }
        String shape = state.partitions() + " partitions, " + state.replication() + " copies, " + state.cleanupPolicy();
        boolean forgets =
                name.equals(names.documents()) && !state.cleanupPolicy().contains("compact");
        return shape
                + (created ? " (created)" : "")
                + (forgets ? ": should be compacted, or Kafka forgets documents after its retention time" : "");
    }
}
