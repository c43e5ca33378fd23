// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.streamrank.gateway.GatewayConfig;
import io.streamrank.gateway.GatewayServer;
import io.streamrank.gateway.kafka.KafkaSettings;
import io.streamrank.gateway.kafka.KafkaTransport;
import io.streamrank.local.cluster.EmbeddedKafka;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;

/**
 * Measures what the gateway adds at low load: the same query of two texts by HTTP and by the topics, one after the other, in turns.
 * Prints quantiles; docs/gateway.md has them.
 */
final class GatewayLatency {
    private static final String QUERY =
            "{\"query\":\"who sank? %d\",\"documents\":[\"the ship sank\",\"a shark bit\"]}";

    private GatewayLatency() {}

    public static void main(String[] args) throws Exception {
        int times = args.length > 0 ? Integer.parseInt(args[0]) : 500;
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                GatewayServer gateway = GatewayServer.start(GatewayConfig.local(0, topics(kafka, 0)));
                KafkaTransport direct = KafkaTransport.open(topics(kafka, 1));
                RunningJob job = new RunningJob(kafka.bootstrapServers(), Map.of())) {
            job.submit();
            HttpClient http = HttpClient.newHttpClient();
            Awaitility.await("the job to answer")
                    .atMost(RunningJob.PATIENCE)
                    .until(() -> ask(http, gateway).contains("results"));
            double[] byHttp = new double[times];
            double[] byTopics = new double[times];
            for (int i = -times / 2; i < times; i++) {
                double topicsMs = ms(
                        () -> direct.send(UUID.randomUUID(), QUERY.formatted(1).getBytes(UTF_8), Duration.ofSeconds(60))
                                .get());
                double httpMs = ms(() -> ask(http, gateway));
                if (i >= 0) {
                    byHttp[i] = httpMs;
                    byTopics[i] = topicsMs;
                }
            }
            print("by the topics", byTopics);
            print("by HTTP", byHttp);
        }
        System.exit(0);
    }

    private static KafkaSettings topics(EmbeddedKafka kafka, int partition) {
        return new KafkaSettings(
                kafka.bootstrapServers(), Map.of(), "queries", "documents", KafkaSettings.REPLIES, partition, 2);
    }

    private static String ask(HttpClient http, GatewayServer gateway) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.address().resolve("/v2/rerank"))
                .POST(BodyPublishers.ofString(QUERY.formatted(1)))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200 && response.statusCode() < 500) {
            throw new IllegalStateException(response.body());
        }
        return response.body();
    }

    @FunctionalInterface
    private interface Ask {
        Object ask() throws Exception;
    }

    private static double ms(Ask ask) throws Exception {
        long start = System.nanoTime();
        Object unused = ask.ask();
        return (System.nanoTime() - start) / 1e6;
    }

    private static void print(String name, double[] ms) {
        Arrays.sort(ms);
        System.out.printf(
                Locale.ROOT,
                "%-14s p50 %.1f ms, p90 %.1f ms, p99 %.1f ms%n",
                name,
                ms[ms.length / 2],
                ms[ms.length * 9 / 10],
                ms[ms.length * 99 / 100]);
    }
}
