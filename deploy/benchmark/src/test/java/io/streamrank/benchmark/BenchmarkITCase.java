// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.benchmark.simulated.SimulatedAccelerator;
import io.streamrank.benchmark.workload.Workload;
import io.streamrank.inference.model.Batching.RunCost;
import io.streamrank.local.console.Console;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that the benchmark does, with a tiny model. What it measures here means nothing. */
class BenchmarkITCase {
    private static final String MODEL = "file:../models/golden/tiny-cross-encoder";
    private static final Map<String, String> SETTINGS =
            Map.of("models.embedder.uri", "file:../models/golden/tiny-bi-encoder");

    /** A peer that is done at once; what it calls a difference shows that it was given the pairs. */
    private static final String COPIER =
            "lines=$(wc -l < {pairs}) && echo starting && echo ready && while read -r queries; do"
                    + " echo \"{\\\"max_difference\\\": 0.$lines}\"; done";

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();

    @Test
    void measuresTheEngineAndThePipelineBesideTheLimitAndReports() throws Exception {
        benchmark(0, List.of(1, 2)).run();

        JsonNode result = result();
        assertThat(result.path("workload").asText()).isEqualTo("demo");
        for (String who : List.of("limit", "engine", "kafka_to_kafka")) {
            assertThat(result.at("/" + who + "/pairs_per_second").asDouble()).isPositive();
            assertThat(result.at("/" + who + "/rounds_pairs_per_second")).hasSize(2);
        }
        assertThat(result.at("/engine/padding").asDouble()).isBetween(0.0, 0.5);
        assertThat(result.at("/kafka_to_kafka/of_the_limit/mean").asDouble()).isPositive();
        assertThat(result.at("/kafka_to_kafka/parallelism").asInt()).isEqualTo(2);
        assertThat(result.path("kafka_to_kafka_variants").findValuesAsText("parallelism"))
                .containsExactly("1", "2");
        assertThat(result.path("kafka_to_kafka_variants").findValuesAsText("passages"))
                .containsExactly("retrieved", "in the query");
        assertThat(result.at("/kafka_to_kafka_variants/0/times_as_fast/mean").asDouble())
                .isPositive();
        assertHaveTheSamePairs(result);
        assertThat(result.at("/peers/0/name").asText()).isEqualTo("copier");
        assertThat(result.at("/peers/0/max_logit_difference").asDouble()).isEqualTo(0.1); // 100 lines
        assertThat(result.at("/peers/0/engine_times_as_fast/mean").asDouble()).isPositive();
        assertThat(result.at("/peers/0/rounds_pairs_per_second")).hasSize(2);
        assertThat(result.path("open_loop").findValuesAsText("queries")).containsExactly("8", "8", "8", "8");
        assertThat(result.path("open_loop").findValuesAsText("arrivals"))
                .containsExactly("paced", "poisson", "paced", "poisson");
        assertThat(result.path("curves").findValuesAsText("by"))
                .containsExactly(
                        "candidates",
                        "tokens of a pair",
                        "concurrent queries",
                        "documents of 384 numbers",
                        "documents of 384 numbers",
                        "documents of 384 numbers");
        assertThat(result.at("/curves/3/lines").findValuesAsText("name"))
                .contains("reading the same bytes", "Lucene, exact", "Lucene's graph, 50 in sight");
        assertThat(result.at("/curves/4/lines/1/points/0/1").asDouble()).isBetween(0.9, 1.0);
        assertThat(result.at("/curves/5/lines/0/points/0/1").asDouble()).isPositive();
        assertThat(result.at("/curves/5/lines/1/points/0/1").asDouble()).isPositive();
        assertThat(Files.readString(directory.resolve("benchmark.html")))
                .contains("<svg", "concurrent queries", "copier")
                .doesNotContain("NaN", "Infinity");
        assertThat(out.toString()).contains("times as fast", "Kafka to Kafka", "of the limit", "at 90 % of capacity");
    }

    @Test
    void findsInTheCacheWhatItHasScoredItselfAndNothingOfTheOthers() throws Exception {
        benchmark(2, List.of(1)).run();

        JsonNode result = result();
        assertHaveTheSamePairs(result);
        for (String who : List.of("engine", "kafka_to_kafka")) {
            assertThat(result.at("/" + who + "/score_cache_hit_rate").asDouble())
                    .isBetween(0.1, 0.99);
        }
    }

    @Test
    void measuresWithASimulatedAccelerator() throws Exception {
        benchmark(0, List.of(1), new SimulatedAccelerator(new RunCost(100_000, 10, 0), 2))
                .run();

        JsonNode result = result();
        assertThat(result.path("model").asText()).isEqualTo("simulated:a=100000ns,b=10.00ns,c=0.0000ns,runs=2");
        assertHaveTheSamePairs(result);
        for (String who : List.of("limit", "engine", "kafka_to_kafka")) {
            assertThat(result.at("/" + who + "/pairs_per_second").asDouble()).isPositive();
        }
        assertThat(result.at("/kafka_to_kafka/job_micros_a_pair").asDouble())
                .isPositive()
                .isLessThan(result.at("/kafka_to_kafka/cpu_micros_a_pair").asDouble());
        assertThat(result.at("/bare_ms/p50").asDouble()).isGreaterThanOrEqualTo(0.1);
        assertThat(result.at("/alone_ms/queries").asInt()).isEqualTo(3);
        assertThat(result.at("/alone_in_job_ms/queries").asInt()).isEqualTo(3);
        assertThat(result.at("/alone_in_job_ms/p50").asDouble())
                .isBetween(0.0, 1 + result.at("/alone_ms/p50").asDouble());
        assertThat(result.at("/alone_in_reranking_ms/queries").asInt()).isEqualTo(3);
        assertThat(result.at("/alone_in_reranking_ms/p50").asDouble())
                .isBetween(0.0, 1 + result.at("/alone_in_job_ms/p50").asDouble());
        assertThat(result.at("/curves/0/by").asText()).isEqualTo("batches of mixed sizes");
        assertThat(result.at("/curves/0/lines/0/points")).hasSize(10);
        assertThat(result.at("/curves/0/lines/0/points/9/0").asInt()).isEqualTo(20);
        assertThat(result.at("/curves/0/lines/0/points/9/1").asDouble()).isPositive();
    }

    /** Which is seen by what the answers say of their pairs. The limit scores them twice. */
    private static void assertHaveTheSamePairs(JsonNode result) {
        for (String what : List.of("pairs", "tokens")) {
            long expected = result.at("/engine/" + what).asLong();
            assertThat(result.at("/limit/" + what).asLong()).isEqualTo(2 * expected);
            assertThat(result.at("/kafka_to_kafka/" + what).asLong()).isEqualTo(expected);
            assertThat(result.path("kafka_to_kafka_variants"))
                    .allSatisfy(
                            variant -> assertThat(variant.path(what).asLong()).isEqualTo(expected));
        }
    }

    private JsonNode result() throws Exception {
        return new ObjectMapper().readTree(directory.resolve("benchmark.json").toFile());
    }

    private Benchmark benchmark(double zipf, List<Integer> parallelisms) {
        return benchmark(zipf, parallelisms, null);
    }

    private Benchmark benchmark(double zipf, List<Integer> parallelisms, @Nullable SimulatedAccelerator accelerator) {
        return new Benchmark(
                new Console(new PrintWriter(out, true), new PrintWriter(new StringWriter()), false, false, 120),
                Workload.demo(5, zipf).upTo(100),
                SETTINGS,
                accelerator == null ? MODEL : null,
                accelerator,
                0,
                parallelisms,
                Duration.ofSeconds(1),
                2,
                zipf == 0 && accelerator == null ? 1_000 : 0,
                accelerator == null ? 0 : 20,
                true,
                List.of("copier=" + COPIER),
                directory);
    }
}
