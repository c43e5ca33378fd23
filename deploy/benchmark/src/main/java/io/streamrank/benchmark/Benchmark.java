// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import io.streamrank.benchmark.measurement.Latencies;
import io.streamrank.benchmark.measurement.ResourceMeter;
import io.streamrank.benchmark.search.SearchSweep;
import io.streamrank.benchmark.simulated.SimulatedAccelerator;
import io.streamrank.benchmark.systems.Baseline;
import io.streamrank.benchmark.systems.EngineBenchmark;
import io.streamrank.benchmark.systems.KafkaPipelines;
import io.streamrank.benchmark.systems.PeerProgram;
import io.streamrank.benchmark.systems.PeerPrograms;
import io.streamrank.benchmark.workload.EmbeddedCorpus;
import io.streamrank.benchmark.workload.RerankRequest;
import io.streamrank.benchmark.workload.Workload;
import io.streamrank.config.JobConfig;
import io.streamrank.evaluation.ModelPair;
import io.streamrank.inference.Models;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.InputException;
import io.streamrank.report.LineChart;
import io.streamrank.report.ReportDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures the engine and the job between two topics, and compares them with the limit and with other programs. All
 * have their turn in every round, so that whatever else the machine does affects them alike. Afterwards measures how
 * long queries take that arrive at a given rate.
 *
 * @param settings of the job
 * @param model the reranker, or null for the one that the settings name
 * @param accelerator that the reranker runs on instead, or null
 * @param window queries under way at the same time; 0 for as many as fill several batches
 * @param parallelisms of the job, each at least 1; with several, a job each has its turn
 * @param duration of rounds and open loops together, roughly
 * @param rounds at least 1; two or more give an interval
 * @param sweepDocuments to how many documents it is measured how cost grows; 0 for no such measurement at all
 * @param mixedBatches of mixed sizes to run while memory is looked at; 0 for none
 * @param smoke whether it is enough that everything runs
 * @param peers other programs to compare with, {@code NAME=COMMAND} each; see {@link PeerProgram}
 * @param report where the report goes, or null for none
 */
public record Benchmark(
        Console console,
        Workload workload,
        Map<String, String> settings,
        @Nullable String model,
        @Nullable SimulatedAccelerator accelerator,
        int window,
        List<Integer> parallelisms,
        Duration duration,
        int rounds,
        int sweepDocuments,
        int mixedBatches,
        boolean smoke,
        List<String> peers,
        @Nullable Path report) {
    /** The rest is for the open loops, whose last percentile wants many queries. */
    private static final double SHARE_OF_ROUNDS = 0.4;

    private static final int BARE_QUERIES = 50;
    private static final String PAGE = "benchmark.html";

    public Benchmark {
        parallelisms = parallelisms.stream()
                .distinct()
                .sorted(Comparator.reverseOrder())
                .toList();
        peers = List.copyOf(peers);
        peers.forEach(PeerProgram::check);
        settings = workload.zipf() == 0 ? withoutScoreCache(settings) : Map.copyOf(settings);
    }

    /** Where pairs are not meant to repeat, remembering those that do by chance would flatter the engine. */
    private static Map<String, String> withoutScoreCache(Map<String, String> settings) {
        Map<String, String> changed = new HashMap<>(settings);
        changed.putIfAbsent("rerank.score-cache-size", "0");
        return Map.copyOf(changed);
    }

    public void run() throws Exception {
        ReportDirectory directory = report == null ? null : ReportDirectory.create(report);
        BenchmarkResult result = measure(new ModelPair(settings, null, model).config(workload.candidates()));
        if (directory != null) {
            directory.writeJson("benchmark.json", BenchmarkJson.of(result));
            directory.writePage(PAGE, "benchmark/report", new BenchmarkPage(result));
            console.say("report: " + directory.path().resolve(PAGE));
        }
    }

    private BenchmarkResult measure(JobConfig config) throws Exception {
        if (config.hostedReranker() != null || config.hostedEmbedder() != null) {
            throw new InputException("benchmark compares models that this process loads with their engine alone; leave out the"
                    + " models behind an API, and measure those with evaluate");
        }
        console.status("loading the models …");
        Models models = replace(config.models());
        try (Baseline baseline = Baseline.open(config, models);
                PassageReranker service = models.openReranker();
                EmbeddedCorpus corpus = EmbeddedCorpus.embed(workload, models, console)) {
            BenchmarkResult result = compare(baseline, service, corpus);
            new BenchmarkTables(result).print(console); // the sweeps take their time
            List<LineChart> sweeps = sweeps(baseline, service);
            sweeps.forEach(sweep -> BenchmarkTables.print(sweep, console));
            return result.with(sweeps);
        }
    }

    private Models replace(Models models) {
        return accelerator == null ? models : accelerator.replaceReranker(models);
    }

    private BenchmarkResult compare(Baseline baseline, PassageReranker service, EmbeddedCorpus corpus)
            throws Exception {
        console.status(
                peers.isEmpty() ? "starting Kafka and Flink …" : "starting Kafka, Flink and the model's peers …");
        int underWay = window > 0
                ? window
                : Math.max(4 * Collections.max(parallelisms), baseline.window(workload.candidates()));
        try (KafkaPipelines pipelines = KafkaPipelines.start(
                        settings, model, this::replace, parallelisms, corpus, service, underWay, console);
                PeerPrograms others = PeerPrograms.start(peers, corpus.requests(0, PeerPrograms.QUERIES), baseline)) {
            Comparison comparison =
                    new Comparison(corpus, baseline, new EngineBenchmark(service), pipelines.all(), others, underWay);
            comparison.run(rounds, smoke ? 0 : SHARE_OF_ROUNDS * duration.toSeconds(), console);
            long memory = ResourceMeter.memory();
            BenchmarkResult.PipelineRounds first = comparison.pipelines().get(0);
            double seconds = smoke ? 0 : (1 - SHARE_OF_ROUNDS) * duration.toSeconds();
            List<BenchmarkResult.OpenLoop> open = new OpenLoops(
                            console, corpus, pipelines.all().get(0))
                    .run(BenchmarkResult.total(first.rounds()), seconds, comparison.next());
            return new BenchmarkResult(
                    workload,
                    service.info().name(),
                    baseline.workers(),
                    comparison.baselines(),
                    comparison.engines(),
                    comparison.pipelines(),
                    others.results(),
                    bare(baseline, corpus),
                    pipelines.all().get(0).oneByOne(corpus.requests(comparison.next(), alone())),
                    open,
                    memory,
                    List.of());
        }
    }

    private List<LineChart> sweeps(Baseline baseline, PassageReranker service) throws Exception {
        List<LineChart> sweeps = new ArrayList<>();
        if (mixedBatches > 0) {
            sweeps.add(new MixedBatches(console, workload, baseline, service).run(mixedBatches));
        }
        if (sweepDocuments > 0) {
            sweeps.addAll(new EngineSweep(console, workload, baseline, service, smoke).run());
            sweeps.addAll(new SearchSweep(console, sweepDocuments).run());
        }
        return sweeps;
    }

    private int alone() {
        return smoke ? 3 : BARE_QUERIES;
    }

    /** One query's pairs after the other's, with nothing else going on. */
    private Latencies bare(Baseline baseline, EmbeddedCorpus corpus) throws Exception {
        List<Long> nanos = new ArrayList<>();
        for (RerankRequest request : corpus.requests(0, alone())) {
            nanos.add(baseline.run(baseline.prepare(List.of(request))).nanos());
        }
        return Latencies.of(nanos);
    }
}
