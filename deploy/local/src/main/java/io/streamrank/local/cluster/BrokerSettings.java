// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * Prepares a directory that one broker, its own controller, can be started on: writes its settings and formats its
 * storage.
 */
public final class BrokerSettings {
    /** The broker's settings, in the directory. */
    public static final String PROPERTIES = "server.properties";

    static final String HOST = "127.0.0.1";

    private BrokerSettings() {}

    /**
     * Writes the settings and formats the storage.
     *
     * @param port that clients on this machine reach the broker at
     * @param overrides broker settings on top of ours
     * @return the broker's settings
     */
    public static Properties prepare(Path directory, int port, Map<String, String> overrides) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings(port, LocalPorts.free(), directory));
        properties.putAll(overrides);
        format(directory, properties);
        return properties;
    }

    private static Map<String, String> settings(int port, int controllerPort, Path directory) {
        Map<String, String> broker = new TreeMap<>();
        broker.put("node.id", "1");
        broker.put("process.roles", "broker,controller");
        broker.put("listeners", "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
        broker.put("controller.listener.names", "CONTROLLER");
        broker.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
        broker.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        broker.put("log.dirs", directory.resolve("data").toString());
        broker.put("auto.create.topics.enable", "false");
        // A user's record may be larger than Kafka's default of 1 MiB; it is the job that says what is too large.
        broker.put("message.max.bytes", "15728640");
        broker.put("replica.fetch.max.bytes", "15728640");
        // One broker, so one replica of everything, and few partitions to open at start.
        broker.put("offsets.topic.replication.factor", "1");
        broker.put("offsets.topic.num.partitions", "1");
        broker.put("transaction.state.log.replication.factor", "1");
        broker.put("transaction.state.log.min.isr", "1");
        broker.put("transaction.state.log.num.partitions", "1");
        broker.put("share.coordinator.state.topic.replication.factor", "1");
        broker.put("share.coordinator.state.topic.min.isr", "1");
        // Nobody else is coming: no waiting for more members of a group, no hand-over at shutdown.
        broker.put("group.initial.rebalance.delay.ms", "0");
        broker.put("controlled.shutdown.enable", "false");
        broker.put("num.network.threads", "2");
        broker.put("num.io.threads", "2");
        broker.put("log.cleaner.dedupe.buffer.size", "2097152");
        return broker;
    }

    /** What {@code kafka-storage.sh format} does. */
    private static void format(Path directory, Properties properties) throws IOException {
        Path file = directory.resolve(PROPERTIES);
        try (var out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String[] command = {
            "format",
            "--config",
            file.toString(),
            "--cluster-id",
            Uuid.randomUuid().toString()
        };
        int status = StorageTool.execute(command, new PrintStream(said, true, StandardCharsets.UTF_8));
        if (status != 0) {
            throw new IOException(
                    "cannot prepare " + directory + " for Kafka: " + said.toString(StandardCharsets.UTF_8));
        }
    }
}
