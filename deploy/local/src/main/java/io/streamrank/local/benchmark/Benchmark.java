// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import io.streamrank.config.JobConfig;
import io.streamrank.inference.RerankingService;
import io.streamrank.local.console.Console;
import io.streamrank.local.evaluate.Setup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures the engine, and Kafka to Kafka, beside the limit and beside others: all have their turn in every round, so
 * that whatever else the machine does hits them alike. Then how long queries take that come at a given rate.
 *
 * @param settings of the job
 * @param model the reranker, or null for the one that the settings name
 * @param parallelisms of the job, each at least 1; with several, a job each has its turn
 * @param duration of rounds and open loops together, roughly
 * @param rounds at least 1; two or more give an interval
 * @param sweepDocuments to how many documents it is measured how cost grows; 0 for no such measurement at all
 * @param smoke whether it is enough that everything runs
 * @param peers other programs to compare with, {@code NAME=COMMAND} each; see {@link Peer}
 * @param report where the report goes, or null for none
 */
public record Benchmark(
        Console console,
        Workload workload,
        Map<String, String> settings,
        @Nullable String model,
        List<Integer> parallelisms,
        Duration duration,
        int rounds,
        int sweepDocuments,
        boolean smoke,
        List<String> peers,
        @Nullable Path report) {
    /** The rest is for the open loops, whose last percentile wants many queries. */
    private static final double SHARE_OF_ROUNDS = 0.4;

    private static final int BARE_QUERIES = 50;

    public Benchmark {
        parallelisms = parallelisms.stream()
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
        peers = List.copyOf(peers);
        peers.forEach(Peer::check);
        settings = workload.zipf() == 0 ? withoutScoreCache(settings) : Map.copyOf(settings);
    }

    /** Where pairs are not meant to repeat, remembering those that do by chance would flatter the engine. */
    private static Map<String, String> withoutScoreCache(Map<String, String> settings) {
        Map<String, String> changed = new HashMap<>(settings);
        changed.putIfAbsent("rerank.score-cache-size", "0");
        return Map.copyOf(changed);
    }

    public void run() throws Exception {
        if (report != null) {
            Report.prepare(report);
        }
        Result result = measure(new Setup(settings, null, model).config(workload.candidates()));
        if (report != null) {
            new Report(report, result).write();
            console.say("report: " + report.resolve(Report.PAGE));
        }
    }

    private Result measure(JobConfig config) throws Exception {
        console.status("loading the models …");
        try (Limit limit = Limit.open(config);
                RerankingService service = config.models().openReranker();
                Corpus corpus = Corpus.embed(workload, config, console)) {
            Result result = compare(limit, service, corpus);
            Table table = new Table(console);
            table.print(result); // the sweep takes its time
            List<Curve> curves = sweepDocuments == 0 ? List.of() : curves(limit, service);
            table.print(curves);
            return result.with(curves);
        }
    }

    private Result compare(Limit limit, RerankingService service, Corpus corpus) throws Exception {
        console.status(
                peers.isEmpty() ? "starting Kafka and Flink …" : "starting Kafka, Flink and the model's peers …");
        try (Pipelines pipelines = Pipelines.start(settings, model, parallelisms, corpus, service, console);
                Peers others = Peers.start(peers, corpus.asks(0, Peers.QUERIES), limit)) {
            Comparison comparison = new Comparison(corpus, limit, new Engine(service), pipelines.all(), others);
            comparison.run(rounds, smoke ? 0 : SHARE_OF_ROUNDS * duration.toSeconds(), console);
            long memory = Meter.memory();
            Result.PipelineRounds first = comparison.pipelines().get(0);
            double seconds = smoke ? 0 : (1 - SHARE_OF_ROUNDS) * duration.toSeconds();
            List<Result.OpenLoop> open = new OpenLoops(
                            console, corpus, pipelines.all().get(0))
                    .run(Result.total(first.rounds()), seconds, comparison.next());
            return new Result(
                    workload,
                    service.info().name(),
                    limit.workers(),
                    comparison.limits(),
                    comparison.engines(),
                    comparison.pipelines(),
                    others.results(),
                    bare(limit, corpus),
                    open,
                    memory,
                    List.of());
        }
    }

    private List<Curve> curves(Limit limit, RerankingService service) throws Exception {
        List<Curve> curves = new ArrayList<>(new Sweep(console, workload, limit, service, smoke).run());
        curves.addAll(new CorpusSweep(console, sweepDocuments).run());
        return curves;
    }

    /** One query's pairs after the other's, with nothing else going on. */
    private Latencies bare(Limit limit, Corpus corpus) throws Exception {
        List<Long> nanos = new ArrayList<>();
        for (Ask ask : corpus.asks(0, smoke ? 3 : BARE_QUERIES)) {
            nanos.add(limit.run(limit.prepare(List.of(ask))).nanos());
        }
        return Latencies.of(nanos);
    }
}
