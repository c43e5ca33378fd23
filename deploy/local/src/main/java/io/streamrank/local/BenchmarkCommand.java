// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import io.streamrank.local.benchmark.Benchmark;
import io.streamrank.local.benchmark.Workload;
import io.streamrank.local.console.Console;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How fast reranking is on this machine, beside how fast it could be. */
@Command(
        name = "benchmark",
        description = {
            "Measures on this machine how fast pairs are reranked, by the engine alone and from Kafka to Kafka, beside the"
                    + " limit: ONNX Runtime with the same pairs already tokenised and sorted, in the best batches, without a"
                    + " queue. Then how long queries take at 50 %% and at 90 %% of what was reached.",
            "",
            "All have their turn in every round, so that the ratio holds even where the machine is busy."
        },
        footer = {
            "  ./streamrank benchmark",
            "  ./streamrank benchmark --collection scifact --duration 300 --report benchmark-report",
            "  ./streamrank benchmark --sweep --report benchmark-report",
            "  ./streamrank benchmark --peer 'FlashRank=python peers.py flashrank --pairs {pairs} --model model'"
        })
final class BenchmarkCommand implements Callable<Integer> {
    private static final int SMOKE_CANDIDATES = 5;
    private static final int SMOKE_ROUNDS = 2;

    @Option(
            names = "--collection",
            paramLabel = "DIR",
            description = "Passages and queries in the layout of BEIR; else the configuration of Flink and Kafka.")
    private @Nullable Path collection;

    @Option(
            names = "--candidates",
            paramLabel = "N",
            defaultValue = "50",
            description = "Passages to rank for each query.")
    private int candidates;

    @Option(
            names = "--zipf",
            paramLabel = "S",
            defaultValue = "0",
            description = "How much queries repeat: 0 not at all, 1 as users do.")
    private double zipf;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "Of everything but the sweep, roughly.")
    private int duration;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "8", description = "In each of which all have a turn.")
    private int rounds;

    @Option(
            names = "--model",
            paramLabel = "URI",
            description = "The cross-encoder, with #FILE for other weights inside.")
    private @Nullable String model;

    @Mixin
    private Settings settings = new Settings();

    @Option(names = "--parallelism", paramLabel = "N", description = "Of the job; else the number of cores.")
    private int parallelism = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--sweep",
            description = "Also measure how cost grows with candidates, length, concurrent queries and documents.")
    private boolean sweep;

    @Option(names = "--smoke", description = "A few seconds that show that everything runs; the figures mean nothing.")
    private boolean smoke;

    @Option(names = "--report", paramLabel = "DIR", description = "Write a page with plots there, and benchmark.json.")
    private @Nullable Path report;

    @Option(
            names = "--peer",
            paramLabel = "NAME=COMMAND",
            description =
                    "Another program to compare with, which gets its turn in every round; {pairs} in its command stands"
                            + " for the file of pairs. May be repeated; deploy/local/benchmark has some.")
    private List<String> peers = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        requirePositive("--candidates", candidates);
        requirePositive("--duration", duration);
        requirePositive("--rounds", rounds);
        requirePositive("--parallelism", parallelism);
        if (!(zipf >= 0 && zipf <= 10)) {
            throw new InputException("--zipf must be between 0 and 10: " + zipf);
        }
        int number = smoke ? Math.min(SMOKE_CANDIDATES, candidates) : candidates;
        Benchmark benchmark = new Benchmark(
                Console.of(spec.commandLine().getOut(), spec.commandLine().getErr()),
                collection == null ? Workload.demo(number, zipf) : Workload.of(collection, number, zipf),
                settings.map(),
                model,
                parallelism,
                Duration.ofSeconds(duration),
                smoke ? SMOKE_ROUNDS : rounds,
                sweep,
                smoke,
                peers,
                report);
        benchmark.run();
        return 0;
    }

    private static void requirePositive(String option, int value) {
        if (value < 1) {
            throw new InputException(option + " must be at least 1: " + value);
        }
    }
}
