// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.cluster;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;

/**
 * One Kafka broker in this process (KRaft, so it is its own controller), reachable from this machine only. Its data lives
 * in a temporary directory that goes with it. Several may run in one process; {@link #close} may be called by any thread,
 * more than once.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final KafkaRaftServer server;
    private final Path directory;
    private final int port;
    private boolean closed;

    private EmbeddedKafka(KafkaRaftServer server, Path directory, int port) {
        this.server = server;
        this.directory = directory;
        this.port = port;
    }

    /** Starts a broker on a free port and returns when clients can use it. */
    public static EmbeddedKafka start() throws IOException {
        return start(0, Map.of());
    }

    /**
     * Starts a broker and returns when clients can use it.
     *
     * @param wantedPort the port to listen on where it is free, or 0 for any
     * @param settings broker settings on top of ours
     */
    public static EmbeddedKafka start(int wantedPort, Map<String, String> settings) throws IOException {
        int port = wantedPort > 0 && isFree(wantedPort) ? wantedPort : freePort();
        Path directory = Files.createTempDirectory("streamrank-kafka-");
        Map<String, String> properties = defaults(port, freePort(), directory);
        properties.putAll(settings);
        format(directory, properties);
        Properties broker = new Properties();
        broker.putAll(properties);
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(broker, false), Time.SYSTEM);
        EmbeddedKafka kafka = new EmbeddedKafka(server, directory, port);
        try {
            server.startup();
        } catch (RuntimeException e) {
            kafka.close();
            throw new IOException("the embedded Kafka broker did not start on port " + port + ": " + e.getMessage(), e);
        }
        return kafka;
    }

    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        server.shutdown();
        server.awaitShutdown();
        try {
            Utils.delete(directory.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, String> defaults(int port, int controllerPort, Path directory) {
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
    private static void format(Path directory, Map<String, String> properties) throws IOException {
        File file = directory.resolve("server.properties").toFile();
        Properties written = new Properties();
        written.putAll(properties);
        try (var out = Files.newBufferedWriter(file.toPath())) {
            written.store(out, null);
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String[] command = {
            "format",
            "--config",
            file.getPath(),
            "--cluster-id",
            Uuid.randomUuid().toString()
        };
        int status = StorageTool.execute(command, new PrintStream(said, true, StandardCharsets.UTF_8));
        if (status != 0) {
            throw new IOException(
                    "cannot prepare " + directory + " for Kafka: " + said.toString(StandardCharsets.UTF_8));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isFree(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (java.net.BindException e) {
            return false;
        }
    }
}
