// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.chaos.cluster.Broker;
import io.streamrank.chaos.cluster.Jars;
import io.streamrank.chaos.cluster.JavaProcess;
import io.streamrank.chaos.cluster.JvmStart;
import io.streamrank.chaos.load.GatewayClients;
import io.streamrank.config.JobConfig;
import io.streamrank.gateway.Gateway;
import io.streamrank.gateway.GatewayConfig;
import io.streamrank.gateway.GatewayServer;
import io.streamrank.gateway.kafka.KafkaSettings;
import io.streamrank.local.cluster.LocalCluster;
import io.streamrank.local.cluster.LocalJob;
import io.streamrank.local.cluster.LocalPorts;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients ask two replicas of the gateway, half of them go away before their answer comes, and meanwhile a replica is killed,
 * the broker restarted and the job restarted. Every request ends in time, with an answer or a status that says why not, and
 * nothing remains of those who went away.
 */
@EnabledIfSystemProperty(
        named = "streamrank.chaos.gateway-seconds",
        matches = "\\d+",
        disabledReason = "needs a machine that does nothing else: mvn verify -Pchaos -pl deploy/local -am")
class GatewayLoadITCase {
    private static final int SECONDS = Integer.getInteger("streamrank.chaos.gateway-seconds", 12);
    private static final int CLIENTS = Integer.getInteger("streamrank.chaos.gateway-clients", 40);

    /** A machine that does other work takes longer; the long form has a second. */
    private static final Duration SLACK =
            Duration.ofMillis(Integer.getInteger("streamrank.chaos.gateway-slack-ms", 20_000));

    private static final long HEAP_BYTES = 48L << 20;
    private static final Path MODELS = Path.of("..", "models", "golden").toAbsolutePath();

    @TempDir
    private Path directory;

    @Test
    void everyRequestEndsInTimeWhateverIsRestarted() throws Exception {
        JvmStart jvm = JvmStart.in(directory);
        try (Broker broker = Broker.start(directory.resolve("broker"), jvm);
                LocalCluster cluster = LocalCluster.start(1, new Configuration())) {
            String servers = broker.bootstrapServers();
            JobConfig config = config(servers);
            try (GatewayServer stays = GatewayServer.start(GatewayConfig.local(
                            0,
                            new KafkaSettings(
                                    servers, Map.of(), "queries", "documents", KafkaSettings.REPLIES, 0, 2)));
                    GatewayProcess dies = GatewayProcess.start(servers, 1, jvm)) {
                JobClient job = LocalJob.submit(config, cluster);
                GatewayClients clients = new GatewayClients(List.of(stays.address(), dies.address()));
                clients.awaitAnswers();
                long before = heap();

                clients.start(CLIENTS);
                pause(SECONDS / 4);
                clients.leaves(dies.address());
                dies.process.kill();
                pause(SECONDS / 4);
                broker.process().stop();
                broker.startAgain();
                pause(SECONDS / 4);
                job.cancel().get();
                LocalJob.submit(config, cluster);
                pause(SECONDS - 3 * (SECONDS / 4));
                clients.awaitAnswers();
                clients.stop();

                System.out.println(clients.summary());
                assertThat(clients.slowest()).isLessThan(clients.timeout().plus(SLACK));
                assertThat(clients.unexplained()).isEmpty();
                assertThat(clients.answered()).isPositive();
                assertThat(clients.abandoned()).isPositive();
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .untilAsserted(() -> assertThat(clients.metric(stays.address(), "streamrank_gateway_in_flight"))
                                .isZero());
                assertThat(heap() - before).isLessThan(HEAP_BYTES);
            }
        }
    }

    private static void pause(int seconds) {
        Awaitility.await()
                .pollDelay(Duration.ofSeconds(seconds))
                .atMost(Duration.ofSeconds(seconds + 60))
                .until(() -> true);
    }

    private static JobConfig config(String servers) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("kafka.bootstrap-servers", servers);
        settings.put("kafka.topics.replication-factor", "1");
        settings.put(
                "models.embedder.uri", MODELS.resolve("tiny-bi-encoder").toUri().toString());
        settings.put(
                "models.reranker.uri",
                MODELS.resolve("tiny-cross-encoder").toUri().toString());
        return LocalJob.config(null, settings);
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** A replica as a program of its own, so that it can be killed. */
    private record GatewayProcess(JavaProcess process, URI address) implements AutoCloseable {
        static GatewayProcess start(String servers, int partition, JvmStart jvm) throws Exception {
            int port = LocalPorts.free();
            JavaProcess process = jvm.start(
                    "gateway",
                    Jars.everything(),
                    List.of("-Xmx128m"),
                    List.of(
                            Gateway.class.getName(),
                            "--bootstrap-servers",
                            servers,
                            "--port",
                            Integer.toString(port),
                            "--partition",
                            Integer.toString(partition)));
            return new GatewayProcess(process, URI.create("http://127.0.0.1:" + port));
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
