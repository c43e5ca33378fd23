// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** One real broker, its own controller, inside the test's JVM, on the loopback address. */
public final class InProcessKafka implements AutoCloseable {
    private final KafkaRaftServer server;
    private final String bootstrapServers;

    /** A broker that keeps its data in the directory, with settings in addition to those that make it small. */
    public InProcessKafka(Path directory, Map<String, String> settings) throws IOException {
        int[] ports = freePorts();
        bootstrapServers = "127.0.0.1:" + ports[0];
        Properties properties = new Properties();
        properties.setProperty("process.roles", "broker,controller");
        properties.setProperty("node.id", "1");
        properties.setProperty("controller.quorum.voters", "1@127.0.0.1:" + ports[1]);
        properties.setProperty(
                "listeners", "PLAINTEXT://%s,CONTROLLER://127.0.0.1:%d".formatted(bootstrapServers, ports[1]));
        properties.setProperty("controller.listener.names", "CONTROLLER");
        properties.setProperty("log.dirs", directory.resolve("log").toString());
        properties.setProperty("auto.create.topics.enable", "false");
        properties.setProperty("offsets.topic.num.partitions", "1");
        properties.setProperty("offsets.topic.replication.factor", "1");
        properties.setProperty("transaction.state.log.num.partitions", "1");
        properties.setProperty("transaction.state.log.replication.factor", "1");
        properties.setProperty("transaction.state.log.min.isr", "1");
        properties.setProperty("group.initial.rebalance.delay.ms", "0");
        properties.putAll(settings);
        format(directory, properties);
        server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        server.startup();
    }

    private static void format(Path directory, Properties properties) throws IOException {
        StringWriter text = new StringWriter();
        properties.store(text, null);
        Path file = Files.writeString(directory.resolve("server.properties"), text.toString());
        String[] command = {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()};
        int status = StorageTool.execute(command, new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));
        if (status != 0) {
            throw new IllegalStateException("the broker's directory could not be formatted: " + directory);
        }
    }

    private static int[] freePorts() throws IOException {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new int[] {one.getLocalPort(), two.getLocalPort()};
        }
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }
}
