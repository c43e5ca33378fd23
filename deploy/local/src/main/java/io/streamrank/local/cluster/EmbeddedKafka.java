// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;

/**
 * Runs one Kafka broker in this process (KRaft, so it is its own controller), reachable from this machine only. Its
 * data lives in a temporary directory that is deleted with it. Several may run in one process; {@link #close} may be
 * called by any thread, more than once.
 */
public final class EmbeddedKafka implements AutoCloseable {
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
        int free = LocalPorts.wantedOrAny(wantedPort);
        int port = free > 0 ? free : LocalPorts.free();
        Path directory = Files.createTempDirectory("streamrank-kafka-");
        Properties broker = BrokerSettings.prepare(directory, port, settings);
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
        return BrokerSettings.HOST + ":" + port;
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
}
