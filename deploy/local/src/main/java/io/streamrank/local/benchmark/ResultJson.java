// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.local.report.LineChart;
import java.util.List;

/** The result for programs. */
final class ResultJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ResultJson() {}

    static String of(Result result) {
        ObjectNode root = JSON.createObjectNode();
        root.put("workload", result.workload().name())
                .put("candidates", result.workload().candidates())
                .put("zipf", result.workload().zipf())
                .put("model", result.model())
                .put("workers", result.workers())
                .put("parallelism", result.pipeline().parallelism())
                .put("memory_bytes", result.memoryBytes());
        rounds(root.putObject("limit"), result.limit());
        ratio(rounds(root.putObject("engine"), result.engine()), result.ofLimit(result.engine()));
        pipeline(root.putObject("kafka_to_kafka"), result.pipeline(), result);
        ArrayNode variants = root.putArray("kafka_to_kafka_variants");
        for (Result.PipelineRounds variant : result.variants()) {
            ObjectNode node = pipeline(variants.addObject(), variant, result);
            interval(node.putObject("times_as_fast"), result.besidesTheFirst(variant));
        }
        ArrayNode peers = root.putArray("peers");
        for (Result.PeerRounds peer : result.peers()) {
            ObjectNode node = peers.addObject().put("name", peer.name());
            interval(rounds(node, peer.rounds()).putObject("engine_times_as_fast"), result.besides(peer));
            node.put("max_logit_difference", peer.maxDifference());
        }
        latencies(root.putObject("bare_ms"), result.bare());
        ArrayNode open = root.putArray("open_loop");
        for (Result.OpenLoop loop : result.open()) {
            ObjectNode node = open.addObject()
                    .put("load", loop.load())
                    .put("arrivals", loop.arrivals() == Arrivals.PACED ? "paced" : "poisson")
                    .put("queries_per_second", loop.queriesPerSecond())
                    .put("p99_times_bare_p50", result.timesBare(loop.latencies()));
            latencies(node.putObject("ms"), loop.latencies());
        }
        ArrayNode curves = root.putArray("curves");
        result.curves().forEach(curve -> curve(curves.addObject(), curve));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and texts are always JSON", e);
        }
    }

    private static ObjectNode pipeline(ObjectNode node, Result.PipelineRounds pipeline, Result result) {
        node.put("parallelism", pipeline.parallelism())
                .put("passages", pipeline.passages() == Pipeline.Passages.RETRIEVED ? "retrieved" : "in the query");
        ratio(rounds(node, pipeline.rounds()), result.ofLimit(pipeline.rounds()));
        return node;
    }

    private static ObjectNode rounds(ObjectNode node, List<Round> rounds) {
        Round total = Result.total(rounds);
        node.put("pairs", total.pairs())
                .put("tokens", total.tokens())
                .put("pairs_per_second", total.pairsPerSecond())
                .put("tokens_per_second", total.tokensPerSecond())
                .put("cores", total.cores())
                .put("score_cache_hit_rate", total.hitRate());
        if (total.isPaddingKnown()) {
            node.put("padding", total.padding());
        }
        ArrayNode list = node.putArray("rounds_pairs_per_second");
        rounds.forEach(round -> list.add(round.pairsPerSecond()));
        return node;
    }

    private static void ratio(ObjectNode node, Interval ratio) {
        interval(node.putObject("of_the_limit"), ratio);
    }

    private static void interval(ObjectNode node, Interval interval) {
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

    private static void curve(ObjectNode node, Curve curve) {
        node.put("name", curve.name()).put("by", curve.by());
        ArrayNode lines = node.putArray("lines");
        for (LineChart.Series line : curve.lines()) {
            ArrayNode points = lines.addObject().put("name", line.name()).putArray("points");
            line.points().forEach(point -> points.addArray().add(point.x()).add(point.y()));
        }
    }
}
