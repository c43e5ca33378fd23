// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.local.StreamRank;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher as it is with this module on the class path. */
class CommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"evaluate", "benchmark"})
    void everyCommandExplainsItselfWithExamples(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString())
                .contains("Usage: streamrank " + command)
                .contains("Exit codes:\n  0     done\n")
                .contains("Examples:\n  ./streamrank " + command);
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "help", "--help"})
    void allCommandsAreListed(String args) {
        assertThat(args.isEmpty() ? run() : run(args)).isZero();
        assertThat(out.toString())
                .containsSubsequence("demo", "run", "load", "ask", "topics", "evaluate", "benchmark", "help");
    }

    @Test
    void refusesNumbersOutOfRange() {
        refuses("--candidates must be at least 1: 0\n", "evaluate", "--collection", "x", "--candidates", "10,0");
        refuses("--queries must be at least 1: 0\n", "evaluate", "--collection", "x", "--queries", "0");
        refuses("--rounds must be at least 1: 0\n", "benchmark", "--rounds", "0");
        refuses("--parallelism must be at least 1: 0\n", "benchmark", "--parallelism", "2,0");
        refuses("--sweep-documents must be at least 1: 0\n", "benchmark", "--sweep-documents", "0");
        refuses("--mode must be streaming or batch: fast\n", "evaluate", "--collection", "x", "--mode", "fast");
        refuses("--shards must be at least 0: -1\n", "benchmark", "--shards", "-1");
        refuses("--zipf must be between 0 and 10: -1.0\n", "benchmark", "--zipf", "-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "--ingest 10 --report r --collection c --model m # --report, --collection, --model cannot go with --ingest:"
                        + " leave out all options but --parallelism and --set",
                "--set a=b --sweep --peer n=c --ingest 10 --smoke # --sweep, --peer, --smoke cannot go with --ingest: leave"
                        + " out all options but --parallelism and --set",
                "--ingest 10 --parallelism 1,2 # --ingest takes one number of --parallelism but has 2: give one",
                "--shards 10 --report r --set a=b --parallelism 2 # --set, --parallelism cannot go with --shards: leave out"
                        + " all options but --report",
                "--shards 10 --ingest 10 # --ingest cannot go with --shards: leave out all options but --report",
                "--sweep-documents 10 # --sweep-documents cannot go without --sweep: add it",
                "--set kafka.bootstrap-servers=kafka:9092 # the benchmark brings its own Kafka; for yours: ./streamrank run"
                        + " --set kafka.bootstrap-servers=…",
                "--ingest 10 --set kafka.bootstrap-servers=kafka:9092 # the benchmark brings its own Kafka; for yours:"
                        + " ./streamrank run --set kafka.bootstrap-servers=…"
            })
    void refusesOptionsThatItWouldNotUse(String arguments, String message) {
        refuses(
                message + "\n",
                Stream.concat(Stream.of("benchmark"), Stream.of(arguments.split(" ", -1)))
                        .toArray(String[]::new));
    }

    @Test
    void measuresSearchesInShards(@TempDir Path directory) throws Exception {
        assertThat(run("benchmark", "--shards", "2000", "--report", directory.toString()))
                .isZero();

        assertThat(out.toString()).contains("ms a search for 50", "1 shard", "8 shards");
        assertThat(Files.readString(directory.resolve("shards.html")))
                .contains("<svg", "8 shards")
                .doesNotContain("NaN", "Infinity");
    }

    @Test
    void refusesACollectionThatIsNotThere() {
        refuses(
                "there is no built-in collection builtin:demo: take builtin:configuration or a directory\n",
                "evaluate",
                "--collection",
                "builtin:demo");
        refuses(
                "none is not a directory: --collection takes one with corpus.jsonl, queries.jsonl and qrels.tsv\n",
                "evaluate",
                "--collection",
                "none");
    }

    @Test
    void refusesACurveWhereACascadeCuts() {
        refuses(
                "a cascade leaves the reranker the best of all candidates, which are not those of fewer: with"
                        + " models.cascade.uri give --candidates one number instead of 10,50\n",
                "evaluate",
                "--collection",
                "builtin:configuration",
                "--candidates",
                "50,10",
                "--set",
                "models.cascade.uri=builtin:streamrank-minilm-l6-v2");
    }

    private void refuses(String message, String... args) {
        assertThat(run(args)).isEqualTo(2);
        assertThat(err.toString()).isEqualTo(message);
        assertThat(out.toString()).isEmpty();
        err.getBuffer().setLength(0);
    }

    private int run(String... args) {
        return StreamRank.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
