// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.cluster;

import io.streamrank.local.cluster.BrokerSettings;
import io.streamrank.local.cluster.LocalPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;

/** A Kafka broker as a process, on a directory that outlives it. */
public final class Broker implements AutoCloseable {
    private final Path directory;
    private final int port;
    private final JvmStart jvm;
    private JavaProcess process;

    private Broker(Path directory, int port, JvmStart jvm, JavaProcess process) {
        this.directory = directory;
        this.port = port;
        this.jvm = jvm;
        this.process = process;
    }

    public static Broker start(Path directory, JvmStart jvm) throws IOException {
        Files.createDirectories(directory);
        int port = LocalPorts.free();
        BrokerSettings.prepare(directory, port, Map.of("num.network.threads", "2"));
        Broker broker = new Broker(directory, port, jvm, launch(directory, jvm));
        broker.awaitReady();
        return broker;
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public JavaProcess process() {
        return process;
    }

    /** On the same data, once the earlier process has ended. */
    public void startAgain() throws IOException {
        process = launch(directory, jvm);
        awaitReady();
    }

    private static JavaProcess launch(Path directory, JvmStart jvm) throws IOException {
        return jvm.start(
                "broker",
                Jars.broker(),
                List.of("-Xmx320m"),
                List.of(
                        "kafka.Kafka",
                        directory.resolve(BrokerSettings.PROPERTIES).toString()));
    }

    private void awaitReady() {
        Awaitility.await("the broker")
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .until(() -> {
                    try (Admin admin = Admin.create(Map.of(
                            "bootstrap.servers",
                            bootstrapServers(),
                            "default.api.timeout.ms",
                            5_000,
                            "request.timeout.ms",
                            4_000))) {
                        return !admin.describeCluster().nodes().get().isEmpty();
                    }
                });
    }

    @Override
    public void close() {
        process.close();
    }
}
