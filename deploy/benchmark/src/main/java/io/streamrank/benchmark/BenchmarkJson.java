// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.benchmark.measurement.Latencies;
import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.benchmark.systems.KafkaPipeline;
import io.streamrank.benchmark.systems.PeerPrograms.PeerRounds;
import io.streamrank.benchmark.workload.Arrivals;
import io.streamrank.report.ConfidenceInterval;
import io.streamrank.report.LineChart;
import java.util.List;

/** Writes the result for programs. */
final class BenchmarkJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private BenchmarkJson() {}

    static JsonNode of(BenchmarkResult result) {
        ObjectNode root = JSON.createObjectNode();
        root.put("workload", result.workload().name())
                .put("candidates", result.workload().candidates())
                .put("zipf", result.workload().zipf())
                .put("model", result.model())
                .put("workers", result.workers())
                .put("parallelism", result.pipeline().parallelism())
                .put("memory_bytes", result.memoryBytes());
        rounds(root.putObject("limit"), result.baseline());
        ratio(rounds(root.putObject("engine"), result.engine()), result.ofLimit(result.engine()));
        pipeline(root.putObject("kafka_to_kafka"), result.pipeline(), result);
        ArrayNode variants = root.putArray("kafka_to_kafka_variants");
        for (BenchmarkResult.PipelineRounds variant : result.variants()) {
            ObjectNode node = pipeline(variants.addObject(), variant, result);
            interval(node.putObject("times_as_fast"), result.besidesTheFirst(variant));
        }
        ArrayNode peers = root.putArray("peers");
        for (PeerRounds peer : result.peers()) {
            ObjectNode node = peers.addObject().put("name", peer.name());
            interval(rounds(node, peer.rounds()).putObject("engine_times_as_fast"), result.besides(peer));
            node.put("max_logit_difference", peer.maxDifference());
        }
        latencies(root.putObject("bare_ms"), result.bare());
        latencies(root.putObject("alone_ms"), result.alone().all());
        latencies(root.putObject("alone_in_job_ms"), result.alone().job());
        latencies(root.putObject("alone_in_reranking_ms"), result.alone().rerank());
        ArrayNode open = root.putArray("open_loop");
        for (BenchmarkResult.OpenLoop loop : result.open()) {
            ObjectNode node = open.addObject()
                    .put("load", loop.load())
                    .put("arrivals", loop.arrivals() == Arrivals.PACED ? "paced" : "poisson")
                    .put("queries_per_second", loop.queriesPerSecond())
                    .put("p99_times_bare_p50", result.timesBare(loop.latencies()));
            latencies(node.putObject("ms"), loop.latencies());
        }
        ArrayNode curves = root.putArray("curves");
        result.sweeps().forEach(sweep -> curve(curves.addObject(), sweep));
        return root;
    }

    private static ObjectNode pipeline(
            ObjectNode node, BenchmarkResult.PipelineRounds pipeline, BenchmarkResult result) {
        node.put("parallelism", pipeline.parallelism())
                .put(
                        "passages",
                        pipeline.passages() == KafkaPipeline.Passages.RETRIEVED ? "retrieved" : "in the query");
        ratio(rounds(node, pipeline.rounds()), result.ofLimit(pipeline.rounds()));
        return node;
    }

    private static ObjectNode rounds(ObjectNode node, List<Measurement> rounds) {
        Measurement total = BenchmarkResult.total(rounds);
        node.put("pairs", total.pairs())
                .put("tokens", total.tokens())
                .put("pairs_per_second", total.pairsPerSecond())
                .put("tokens_per_second", total.tokensPerSecond())
                .put("cores", total.cores())
                .put("cpu_micros_a_pair", total.cpuMicrosAPair())
                .put("score_cache_hit_rate", total.hitRate());
        if (total.jobNanos() > 0) {
            node.put("job_micros_a_pair", total.jobMicrosAPair());
        }
        if (total.isPaddingKnown()) {
            node.put("padding", total.padding());
        }
        ArrayNode list = node.putArray("rounds_pairs_per_second");
        rounds.forEach(round -> list.add(round.pairsPerSecond()));
        return node;
    }

    private static void ratio(ObjectNode node, ConfidenceInterval ratio) {
        interval(node.putObject("of_the_limit"), ratio);
    }

    private static void interval(ObjectNode node, ConfidenceInterval interval) {
        node.put("mean", interval.mean());
        if (Double.isFinite(interval.low())) {
            node.put("low", interval.low()).put("high", interval.high());
        }
    }

    private static void latencies(ObjectNode node, Latencies latencies) {
        node.put("queries", latencies.count())
                .put("p50", latencies.percentile(50))
                .put("p95", latencies.percentile(95))
                .put("p99", latencies.percentile(99));
    }

    private static void curve(ObjectNode node, LineChart curve) {
        node.put("name", curve.title()).put("by", curve.label());
        ArrayNode lines = node.putArray("lines");
        for (LineChart.Series line : curve.series()) {
            ArrayNode points = lines.addObject().put("name", line.name()).putArray("points");
            line.points().forEach(point -> points.addArray().add(point.x()).add(point.y()));
        }
    }
}
