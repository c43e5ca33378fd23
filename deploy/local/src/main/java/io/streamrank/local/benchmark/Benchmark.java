// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import io.streamrank.config.JobConfig;
import io.streamrank.inference.RerankingService;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.Progress;
import io.streamrank.local.evaluate.Setup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures the engine, and Kafka to Kafka, beside the limit and beside others: all have their turn in every round, so
 * that whatever else the machine does hits them alike.
 *
 * @param settings of the job
 * @param model the reranker, or null for the one that the settings name
 * @param parallelism of the job
 * @param duration of rounds and open loops together, roughly
 * @param rounds at least 1; two or more give an interval
 * @param sweep whether to measure how cost grows, too
 * @param smoke whether it is enough that everything runs
 * @param peers other programs to compare with, {@code NAME=COMMAND} each; see {@link Peer}
 * @param report where the report goes, or null for none
 */
public record Benchmark(
        Console console,
        Workload workload,
        Map<String, String> settings,
        @Nullable String model,
        int parallelism,
        Duration duration,
        int rounds,
        boolean sweep,
        boolean smoke,
        List<String> peers,
        @Nullable Path report) {
    private static final double SHARE_OF_ROUNDS = 0.6;
    /** In a round: the limit's two, the engine's, the pipeline's. */
    private static final int TURNS = 4;

    private static final List<Double> LOADS = List.of(0.5, 0.9);

    public Benchmark {
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
        JobConfig config = config();
        int workers = config.reranking().workers() > 0
                ? config.reranking().workers()
                : Runtime.getRuntime().availableProcessors();
        if (report != null) {
            Report.prepare(report);
        }
        console.status(
                peers.isEmpty()
                        ? "starting Kafka, Flink and the model …"
                        : "starting Kafka, Flink, the model and its peers …");
        try (Limit limit = new Limit(config.models().crossEncoder().open(), workers);
                RerankingService service = config.models().openReranker();
                Pipeline pipeline = Pipeline.start(settings, model, parallelism);
                Peers others = Peers.start(peers, workload, limit)) {
            Result result = measure(limit, service, pipeline, others, workers);
            new Table(console).print(result);
            if (report != null) {
                new Report(report, result).write();
                console.say("report: " + report.resolve(Report.PAGE));
            }
        }
    }

    private JobConfig config() {
        return new Setup(settings, null, model).config(workload.candidates());
    }

    private Result measure(Limit limit, RerankingService service, Pipeline pipeline, Peers others, int workers)
            throws Exception {
        int window = Math.max(4, 4 * Math.max(workers, parallelism));
        Engine engine = new Engine(service);
        List<Round> limits = new ArrayList<>();
        List<Round> engines = new ArrayList<>();
        List<Round> pipelines = new ArrayList<>();
        int size = size(limit, engine, pipeline, window);
        others.warmUp(smoke ? 0 : secondsATurn());
        long next = size;
        try (Progress progress = new Progress(console, "comparing", " rounds", 1, rounds)) {
            for (int round = 0; round < rounds; round++) {
                List<Ask> asks = workload.asks(next, size);
                // The pipeline must not find in a cache what the engine has just scored, so it has pairs of its own.
                List<Ask> fresh = workload.zipf() == 0 ? workload.asks(next + size, size) : asks;
                next += 2L * size;
                Limit.Pairs work = limit.prepare(asks);
                Limit.Pairs freshWork = limit.prepare(fresh);
                Round before = limit.run(work);
                engines.add(engine.run(asks, work, window).round());
                Round after = limit.run(freshWork);
                pipelines.add(pipeline.run(fresh, freshWork, window));
                limits.add(before.plus(after));
                others.run();
                progress.to(round + 1L);
            }
        }
        long memory = Meter.memory();
        List<Result.OpenLoop> open = open(pipeline, Result.total(pipelines), next);
        Latencies bare = bare(limit, next);
        List<Curve> curves = sweep ? new Sweep(console, workload, limit, service, smoke).run() : List.of();
        return new Result(
                workload,
                service.info().name(),
                workers,
                parallelism,
                limits,
                engines,
                pipelines,
                others.results(),
                bare,
                open,
                memory,
                curves);
    }

    /** Warms everything up, and says how many asks make a round as long as it should be. */
    private int size(Limit limit, Engine engine, Pipeline pipeline, int window) throws Exception {
        List<Ask> asks = workload.asks(-window, window);
        Limit.Pairs work = limit.prepare(asks);
        limit.run(work);
        engine.run(asks, work, window);
        pipeline.run(asks, work, window);
        if (smoke) {
            return window;
        }
        return Math.max(window, (int) (limit.run(work).pairsPerSecond() * secondsATurn() / workload.candidates()));
    }

    private double secondsATurn() {
        return SHARE_OF_ROUNDS * duration.toMillis() / 1e3 / (rounds * (TURNS + peers.size()));
    }

    private List<Result.OpenLoop> open(Pipeline pipeline, Round total, long next) throws Exception {
        double capacity = total.pairsPerSecond() / workload.candidates();
        double seconds = (1 - SHARE_OF_ROUNDS) * duration.toMillis() / 1e3 / LOADS.size();
        List<Result.OpenLoop> loops = new ArrayList<>();
        long from = next;
        for (double load : LOADS) {
            int count = smoke ? 8 : Math.max(8, (int) (load * capacity * seconds));
            console.status(String.format(Locale.ROOT, "%.0f %% of capacity …", 100 * load));
            Latencies latencies = pipeline.open(workload.asks(from, count), load * capacity);
            loops.add(new Result.OpenLoop(load, load * capacity, latencies));
            from += count;
        }
        console.status("");
        return loops;
    }

    private Latencies bare(Limit limit, long next) throws Exception {
        List<Long> nanos = new ArrayList<>();
        for (Ask ask : workload.asks(next, smoke ? 3 : 20)) {
            nanos.add(limit.run(limit.prepare(List.of(ask))).nanos());
        }
        return Latencies.of(nanos);
    }
}
