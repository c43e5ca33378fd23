// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import static io.streamrank.local.command.OptionChecks.refuseUseless;
import static io.streamrank.local.command.OptionChecks.requireNotNegative;
import static io.streamrank.local.command.OptionChecks.requirePositive;

import io.streamrank.benchmark.ingest.IngestBenchmark;
import io.streamrank.benchmark.simulated.SimulatedAccelerator;
import io.streamrank.benchmark.workload.Workload;
import io.streamrank.local.command.ConsoleMixin;
import io.streamrank.local.command.SettingsOption;
import io.streamrank.local.command.Subcommand;
import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs {@code ./streamrank benchmark}: measures how fast reranking is on this machine, and how fast it could be. */
@Command(
        name = "benchmark",
        description = {
            "Measures on this machine how fast pairs are reranked, by the engine alone and from Kafka to Kafka with"
                    + " embedding and retrieval. Compares with the limit: ONNX Runtime with the same pairs already"
                    + " tokenised and sorted, in the best batches, without a queue. Then measures how long queries take"
                    + " that come at 50 %% and at 90 %% of that throughput, evenly spaced and at random.",
            "",
            "All take turns in every round, so that the ratio holds even if the machine is busy."
        },
        footer = {
            "  ./streamrank benchmark",
            "  ./streamrank benchmark --collection scifact --duration 300 --report benchmark-report",
            "  ./streamrank benchmark --parallelism 1,2",
            "  ./streamrank benchmark --ingest 50000",
            "  ./streamrank benchmark --shards 1000000",
            "  ./streamrank benchmark --model simulated:a=1.5ms,b=0.3us,runs=2",
            "  ./streamrank benchmark --sweep --report benchmark-report",
            "  ./streamrank benchmark --peer 'FlashRank=python peers.py flashrank --pairs {pairs} --model model'"
        })
public final class BenchmarkCommand implements Subcommand {
    private static final int SMOKE_CANDIDATES = 5;
    private static final int SMOKE_ROUNDS = 2;
    private static final int SMOKE_PASSAGES = 100;
    private static final int SMOKE_DOCUMENTS = 1_000;
    private static final Set<String> OF_SHARDS = Set.of("--shards", "--report");
    private static final Set<String> OF_INGEST = Set.of("--ingest", "--parallelism", "--set");

    @Option(
            names = "--collection",
            paramLabel = "DIR",
            description = "Passages and queries in the layout of BEIR. Default: the configuration of Flink and Kafka.")
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
            description = "How often queries repeat: 0 for never, 1 as users' queries do.")
    private double zipf;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "Rough time for everything except the start and the sweep.")
    private int duration;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "8", description = "Rounds. All take turns in each.")
    private int rounds;

    @Option(
            names = "--model",
            paramLabel = "URI",
            description =
                    "The cross-encoder, with #FILE for other weights inside. simulated:a=1.5ms,b=0.3us,runs=2 stands for an"
                            + " accelerator that takes 1.5 ms for a run and 0.3 µs for each of its tokens, two runs at a time, and"
                            + " computes nothing.")
    private @Nullable String model;

    @Mixin
    private SettingsOption settings = new SettingsOption();

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            split = ",",
            description =
                    "Parallelism of the job; default: the number of cores. With several values, one job for each takes"
                            + " its turn in every round.")
    private List<Integer> parallelisms = List.of(Runtime.getRuntime().availableProcessors());

    @Option(
            names = "--concurrent",
            paramLabel = "N",
            defaultValue = "0",
            description = "Queries under way at the same time. 0: as many as fill several batches.")
    private int concurrent;

    @Option(
            names = "--sweep",
            description = "Also measure how cost grows with candidates, length, concurrent queries and documents.")
    private boolean sweep;

    @Option(
            names = "--sweep-documents",
            paramLabel = "N",
            defaultValue = "200000",
            description =
                    "Largest number of documents in the sweep, up to 1,000,000. Lucene's graph over 200,000 takes some"
                            + " minutes to build.")
    private int sweepDocuments;

    @Option(
            names = "--ingest",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Measure only how fast N documents that bring their vectors become searchable, and the searches"
                            + " after that.")
    private int ingest;

    @Option(
            names = "--shards",
            paramLabel = "N",
            defaultValue = "0",
            description = "Measure only how long a search of up to N documents takes, in one shard and in several.")
    private int shards;

    @Option(
            names = "--mixed-batches",
            paramLabel = "N",
            defaultValue = "0",
            description = "Also run so many batches of mixed sizes, and show the memory after each tenth of them.")
    private int mixedBatches;

    @Option(
            names = "--smoke",
            description = "Run for a few seconds to check that everything works. The figures mean nothing.")
    private boolean smoke;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write a page with plots and benchmark.json to this directory.")
    private @Nullable Path report;

    @Option(
            names = "--peer",
            paramLabel = "NAME=COMMAND",
            description =
                    "Another program to compare with. It takes its turn in every round. {pairs} in its command stands"
                            + " for the file of pairs. May be repeated. deploy/benchmark/peers has some.")
    private List<String> peers = List.of();

    @Mixin
    private ConsoleMixin terminal = new ConsoleMixin();

    @Override
    public Integer call() throws Exception {
        checkNumbers();
        checkCombinations(terminal.given());
        if (shards > 0) {
            new ShardReport(terminal.console(), shards, report).run();
            return 0;
        }
        Map<String, String> set = settings.withoutKafka("the benchmark");
        if (ingest > 0) {
            new IngestBenchmark(terminal.console(), set, ingest, parallelisms.get(0)).run();
            return 0;
        }
        SimulatedAccelerator accelerator = SimulatedAccelerator.of(model);
        Benchmark benchmark = new Benchmark(
                terminal.console(),
                smoke ? workload(Math.min(SMOKE_CANDIDATES, candidates)).upTo(SMOKE_PASSAGES) : workload(candidates),
                set,
                accelerator == null ? model : null,
                accelerator,
                concurrent,
                parallelisms,
                Duration.ofSeconds(duration),
                smoke ? SMOKE_ROUNDS : rounds,
                sweepTo(),
                mixedBatches,
                smoke,
                peers,
                report);
        benchmark.run();
        return 0;
    }

    private void checkNumbers() {
        requirePositive("--candidates", candidates);
        requirePositive("--duration", duration);
        requirePositive("--rounds", rounds);
        requirePositive("--sweep-documents", sweepDocuments);
        parallelisms.forEach(number -> requirePositive("--parallelism", number));
        if (!(zipf >= 0 && zipf <= 10)) {
            throw new InputException("--zipf must be between 0 and 10: " + zipf);
        }
        requireNotNegative("--concurrent", concurrent);
        requireNotNegative("--mixed-batches", mixedBatches);
        requireNotNegative("--ingest", ingest);
        requireNotNegative("--shards", shards);
    }

    /** Refuses what the two short forms would not look at. */
    private void checkCombinations(List<String> given) {
        if (shards > 0) {
            refuseUseless(
                    given,
                    option -> !OF_SHARDS.contains(option),
                    "cannot go with --shards: leave out all options but --report");
        } else if (ingest > 0) {
            refuseUseless(
                    given,
                    option -> !OF_INGEST.contains(option),
                    "cannot go with --ingest: leave out all options but --parallelism and --set");
            if (parallelisms.size() > 1) {
                throw new InputException(
                        "--ingest takes one number of --parallelism but has " + parallelisms.size() + ": give one");
            }
        } else if (!sweep) {
            refuseUseless(given, "--sweep-documents"::equals, "cannot go without --sweep: add it");
        }
    }

    private Workload workload(int number) throws IOException, InterruptedException {
        return collection == null ? Workload.demo(number, zipf) : Workload.of(collection, number, zipf);
    }

    /** 0 for no sweep. */
    private int sweepTo() {
        int most = smoke ? Math.min(SMOKE_DOCUMENTS, sweepDocuments) : sweepDocuments;
        return sweep ? most : 0;
    }
}
