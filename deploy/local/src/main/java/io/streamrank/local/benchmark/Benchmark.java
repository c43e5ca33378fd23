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
 * Measures the engine, and Kafka to Kafka, beside the limit: all three score the same pairs in every round, in turns, so
 * that whatever else the machine does hits them alike.
 *
 * @param settings of the job
 * @param model the reranker, or null for the one that the settings name
 * @param parallelism of the job
 * @param duration of rounds and open loops together, roughly
 * @param rounds at least 1; two or more give an interval
 * @param sweep whether to measure how cost grows, too
 * @param smoke whether it is enough that everything runs
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
        @Nullable Path report) {
    private static final double SHARE_OF_ROUNDS = 0.6;
    private static final List<Double> LOADS = List.of(0.5, 0.9);
    private static final int EXPORTED_ASKS = 20;

    public Benchmark {
        settings = workload.zipf() == 0 ? withoutScoreCache(settings) : Map.copyOf(settings);
    }

    /** Where pairs are not meant to repeat, remembering those that do by chance would flatter the engine. */
    private static Map<String, String> withoutScoreCache(Map<String, String> settings) {
        Map<String, String> changed = new HashMap<>(settings);
        changed.putIfAbsent("rerank.score-cache-size", "0");
        return Map.copyOf(changed);
    }

    /** Writes pairs for other programs instead of measuring. */
    public void exportPairs(Path file) throws Exception {
        JobConfig config = config();
        try (Limit limit = new Limit(config.models().crossEncoder().open(), 1)) {
            int pairs = new PairFile(file).write(workload.asks(0, EXPORTED_ASKS), limit);
            console.say(pairs + " pairs: " + file);
        }
    }

    public void run() throws Exception {
        JobConfig config = config();
        int workers = config.reranking().workers() > 0
                ? config.reranking().workers()
                : Runtime.getRuntime().availableProcessors();
        if (report != null) {
            Report.prepare(report);
        }
        console.status("starting Kafka, Flink and the model …");
        try (Limit limit = new Limit(config.models().crossEncoder().open(), workers);
                RerankingService service = config.models().openReranker();
                Pipeline pipeline = Pipeline.start(settings, model, parallelism)) {
            Result result = measure(limit, service, pipeline, workers);
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

    private Result measure(Limit limit, RerankingService service, Pipeline pipeline, int workers) throws Exception {
        int window = Math.max(4, 4 * Math.max(workers, parallelism));
        Engine engine = new Engine(service);
        List<Round> limits = new ArrayList<>();
        List<Round> engines = new ArrayList<>();
        List<Round> pipelines = new ArrayList<>();
        int size = size(limit, engine, pipeline, window);
        long next = size;
        try (Progress progress = new Progress(console, "comparing", " rounds", 1, rounds)) {
            for (int round = 0; round < rounds; round++) {
                List<Ask> asks = workload.asks(next, size);
                // The pipeline must not find in a cache what the engine has just scored, so it has pairs of its own.
                List<Ask> others = workload.zipf() == 0 ? workload.asks(next + size, size) : asks;
                next += 2L * size;
                Limit.Pairs work = limit.prepare(asks);
                Limit.Pairs otherWork = limit.prepare(others);
                Round before = limit.run(work);
                engines.add(engine.run(asks, work, window).round());
                Round after = limit.run(otherWork);
                pipelines.add(pipeline.run(others, otherWork, window));
                limits.add(before.plus(after));
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
        double seconds = SHARE_OF_ROUNDS * duration.toMillis() / 1e3 / (4.0 * rounds);
        return Math.max(window, (int) (limit.run(work).pairsPerSecond() * seconds / workload.candidates()));
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
