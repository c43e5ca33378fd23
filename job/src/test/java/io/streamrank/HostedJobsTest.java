// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank;

import static io.streamrank.testing.FaultServer.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.event.Hit;
import io.streamrank.event.RankedResult;
import io.streamrank.inference.Models;
import io.streamrank.inference.endpoint.EndpointLimits;
import io.streamrank.inference.endpoint.SecretReference;
import io.streamrank.inference.hosted.HostedEmbedder;
import io.streamrank.inference.hosted.HostedReranker;
import io.streamrank.inference.hosted.HostedSpec;
import io.streamrank.inference.service.HostedServices;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.testing.ExportedMetrics;
import io.streamrank.testing.FaultServer;
import io.streamrank.testing.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two whole jobs in one process whose models are behind the same addresses with the same key. */
@Timeout(120)
class HostedJobsTest {
    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setConfiguration(METRICS.addToConfiguration(new Configuration()))
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    @TempDir
    private Path directory;

    private FaultServer server;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(directory.resolve("keys"), "k=secret-key-5471");
        server = new FaultServer((exchange, body) -> reply(body).to(exchange, body));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shareAGateForEachAddressAndLeaveNoneBehind() throws Exception {
        try (LiveJob strict = new LiveJob(models(1), "a", "bbb");
                LiveJob generous = new LiveJob(models(8), "cc", "dddd", "e")) {
            strict.ask("first", "'query':'q'");
            assertThat(strict.answer("first").results())
                    .extracting(Hit::id, Hit::relevanceScore)
                    .containsExactlyInAnyOrder(tuple("d0", 0.01), tuple("d1", 0.03));
            generous.ask("first", "'query':'q'");
            assertThat(generous.answer("first").results())
                    .extracting(Hit::id, Hit::relevanceScore)
                    .containsExactlyInAnyOrder(tuple("d0", 0.02), tuple("d1", 0.04), tuple("d2", 0.01));

            oneRequestOfTheTwoWaitsForTheOther(strict, generous);

            strict.close();
            await().until(() -> strict.status() == JobStatus.CANCELED);
            generous.ask("later", "'query':'later','documents':['a','bb']");
            assertThat(generous.answer("later").results())
                    .extracting(Hit::relevanceScore)
                    .containsExactly(0.02, 0.01);
            generous.close();
            await().untilAsserted(this::theGateIsNew);
        }
        endpointsHaveTheMetricsThatFilesName();
    }

    private static void endpointsHaveTheMetricsThatFilesName() throws Exception {
        Path root = Path.of("..");
        Set<String> endpoints = ExportedMetrics.documentedOfEndpoints(root.resolve("docs/metrics.md"));
        assertThat(ExportedMetrics.registered(METRICS))
                .filteredOn(name -> name.contains("_endpoint_"))
                .containsExactlyInAnyOrderElementsOf(endpoints);
        for (String file : List.of("rules.yml", "grafana/streamrank.json")) {
            assertThat(ExportedMetrics.askedFor(
                            root.resolve("deploy/observability").resolve(file)))
                    .filteredOn(name -> name.contains("_endpoint_"))
                    .isNotEmpty()
                    .isSubsetOf(endpoints);
        }
    }

    /** The strict job's limit is one request at the same time. */
    private void oneRequestOfTheTwoWaitsForTheOther(LiveJob strict, LiveJob generous) throws Exception {
        try (PassageReranker spy = HostedReranker.factory(reranker(1), 1 << 20).open()) {
            strict.ask("held", "'query':'HELD','documents':['a','bb']");
            await().until(() -> received("HELD"));
            generous.ask("waits", "'query':'waits','documents':['a','bb']");
            await().until(() -> spy.endpoint().waiting() == 1);
            assertThat(spy.endpoint().inFlight()).isEqualTo(1);
            assertThat(received("waits")).isFalse();
            server.release();
            for (RankedResult answer : new RankedResult[] {strict.answer("held"), generous.answer("waits")}) {
                assertThat(answer.degradedReason()).isNull();
                assertThat(answer.results()).extracting(Hit::index).containsExactly(1, 0);
            }
        }
    }

    /** Whoever opens the models now is the first: their only request is their own. */
    private void theGateIsNew() throws Exception {
        try (PassageReranker reranker =
                        HostedReranker.factory(reranker(8), 1 << 20).open();
                var embedder = HostedEmbedder.factory(embedder(8)).open()) {
            assertThat(reranker.endpoint().requests()).isEqualTo(1);
            assertThat(embedder.endpoint().requests()).isEqualTo(1);
        }
    }

    private boolean received(String query) {
        return server.received().stream()
                .anyMatch(request -> request.body().path("query").asText().equals(query));
    }

    private FaultServer.Reply reply(JsonNode request) {
        if (request.has("input")) {
            return answer(FaultServer::vectorsByLength);
        }
        FaultServer.Reply scores = answer(FaultServer::scoresByLength);
        return request.path("query").asText().equals("HELD") ? server.hangs(scores) : scores;
    }

    private Models models(int maxInFlight) {
        return TestModels.models()
                .with(new HostedServices(
                        HostedEmbedder.factory(embedder(maxInFlight)),
                        HostedReranker.factory(reranker(maxInFlight), 1 << 20)));
    }

    private HostedSpec embedder(int maxInFlight) {
        return spec("openai:e", maxInFlight);
    }

    private HostedSpec reranker(int maxInFlight) {
        return spec("cohere:r", maxInFlight);
    }

    private HostedSpec spec(String uri, int maxInFlight) {
        return new HostedSpec(
                uri,
                server.address(),
                new SecretReference("${file:" + directory.resolve("keys") + ":k}"),
                new EndpointLimits(0, 0, maxInFlight),
                Duration.ofSeconds(20),
                null,
                "",
                "");
    }
}
