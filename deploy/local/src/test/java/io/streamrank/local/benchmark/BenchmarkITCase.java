// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.local.console.Console;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that the benchmark does, with a tiny model. What it measures here means nothing. */
class BenchmarkITCase {
    private static final String MODEL = "file:../models/golden/tiny-cross-encoder";

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();

    @Test
    void measuresTheEngineAndThePipelineBesideTheLimitAndReports() throws Exception {
        benchmark(0).run();

        JsonNode result =
                new ObjectMapper().readTree(directory.resolve("benchmark.json").toFile());
        assertThat(result.path("workload").asText()).isEqualTo("demo");
        for (String who : List.of("limit", "engine", "kafka_to_kafka")) {
            assertThat(result.at("/" + who + "/pairs_per_second").asDouble()).isPositive();
            assertThat(result.at("/" + who + "/rounds_pairs_per_second")).hasSize(2);
        }
        assertThat(result.at("/engine/padding").asDouble()).isBetween(0.0, 0.5);
        assertThat(result.at("/kafka_to_kafka/of_the_limit/mean").asDouble()).isPositive();
        assertThat(result.path("open_loop").findValuesAsText("queries")).containsExactly("8", "8");
        assertThat(result.path("curves").findValuesAsText("by"))
                .containsExactly("candidates", "tokens of a pair", "concurrent queries", "documents of 384 numbers");
        assertThat(Files.readString(directory.resolve("benchmark.html")))
                .contains("<svg", "concurrent queries")
                .doesNotContain("NaN", "Infinity");
        assertThat(out.toString()).contains("Kafka to Kafka", "of the limit", "at 90 % of capacity");
    }

    @Test
    void exportsPairsWithTheirLogits() throws Exception {
        Path file = directory.resolve("pairs.jsonl");
        benchmark(1).exportPairs(file);

        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(100);
        JsonNode first = new ObjectMapper().readTree(lines.get(0));
        assertThat(first.path("logit").isNumber()).isTrue();
        assertThat(first.path("query").asText()).isNotBlank();
        assertThat(first.path("passage").asText()).isNotBlank();
    }

    private Benchmark benchmark(double zipf) {
        return new Benchmark(
                new Console(new PrintWriter(out, true), new PrintWriter(new StringWriter()), false, false, 120),
                Workload.demo(5, zipf),
                Map.of(),
                MODEL,
                2,
                Duration.ofSeconds(1),
                2,
                true,
                true,
                directory);
    }
}
