// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import io.streamrank.benchmark.measurement.ResourceMeter;
import io.streamrank.benchmark.systems.Baseline;
import io.streamrank.benchmark.systems.EngineBenchmark;
import io.streamrank.benchmark.workload.RerankRequest;
import io.streamrank.benchmark.workload.Workload;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.Progress;
import io.streamrank.report.LineChart;
import io.streamrank.report.LineChart.Point;
import io.streamrank.report.LineChart.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Runs many batches of few and many texts, short and long, and looks at memory meanwhile: it must not grow with them. */
final class MixedBatches {
    private static final int STEPS = 10;
    private static final int QUERIES = 32;
    private static final int CANDIDATES = 100;
    private static final int CHARACTERS = 2_000;
    private static final double MEGABYTE = 1 << 20;

    private final Console console;
    private final Workload workload;
    private final Baseline baseline;
    private final PassageReranker service;
    private final Random random = new Random(1);
    private long asked;

    MixedBatches(Console console, Workload workload, Baseline baseline, PassageReranker service) {
        this.console = console;
        this.workload = workload;
        this.baseline = baseline;
        this.service = service;
    }

    /** Returns the memory after each tenth of the batches. */
    LineChart run(int batches) throws Exception {
        List<Point> process = new ArrayList<>();
        List<Point> gpu = new ArrayList<>();
        long first = service.stats().batches();
        try (Progress progress = new Progress(console, "mixed batches", " batches", 1, batches)) {
            for (int step = 1; step <= STEPS; step++) {
                long wanted = first + (long) batches * step / STEPS;
                while (service.stats().batches() < wanted) {
                    List<RerankRequest> requests = requests();
                    var unused =
                            new EngineBenchmark(service).run(requests, baseline.prepare(List.of()), 1 + random.nextInt(QUERIES));
                    progress.to(Math.min(batches, service.stats().batches() - first));
                }
                double done = (double) batches * step / STEPS;
                process.add(new Point(done, ResourceMeter.memory() / MEGABYTE));
                long ofGpus = ResourceMeter.gpuMemory();
                if (ofGpus >= 0) {
                    gpu.add(new Point(done, ofGpus / MEGABYTE));
                }
            }
        }
        List<Series> series = new ArrayList<>(List.of(new Series("this process", process)));
        if (!gpu.isEmpty()) {
            series.add(new Series("all GPUs", gpu));
        }
        return new LineChart("MB of memory", "batches of mixed sizes", series, LineChart.Axes.LINEAR);
    }

    private List<RerankRequest> requests() {
        List<RerankRequest> requests = new ArrayList<>();
        for (int i = 0; i < QUERIES; i++) {
            List<String> passages = new ArrayList<>();
            for (int left = 1 + random.nextInt(CANDIDATES); left > 0; left--) {
                passages.add(passage(1 + random.nextInt(1 + random.nextInt(CHARACTERS))));
            }
            asked++;
            requests.add(new RerankRequest("question " + asked, passages));
        }
        return requests;
    }

    private String passage(int characters) {
        StringBuilder text = new StringBuilder();
        while (text.length() < characters) {
            text.append(workload.passages().get(random.nextInt(workload.passages().size()))).append(' ');
        }
        return text.substring(0, characters);
    }
}
