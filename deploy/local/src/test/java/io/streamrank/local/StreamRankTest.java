// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.local.cluster.LocalPorts;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class StreamRankTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"demo", "run", "load", "ask", "topics", "gateway"})
    void everyCommandExplainsItselfWithExamples(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString())
                .contains("Usage: streamrank " + command)
                .contains("Exit codes:\n  0     done\n")
                .contains("Examples:\n  ./streamrank " + command);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void listsItsCommandsWhenCalledWithoutAny() {
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("demo", "run", "load", "ask", "topics", "gateway");
    }

    @Test
    void saysItsVersion() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("streamrank ");
    }

    @Test
    void refusesACommandThatItDoesNotKnow() {
        refuses("Unmatched argument at index 0: 'dmeo'\nSee: ./streamrank --help\n", "dmeo");
    }

    @Test
    void refusesNumbersOutOfRange() {
        refuses("--top-n must be at least 1: 0\n", "demo", "--top-n", "0");
        refuses("--candidates must be at least 1: -3\n", "demo", "--candidates", "-3");
        refuses("--parallelism must be at least 1: 0\n", "run", "--parallelism", "0");
        refuses("--timeout must be at least 1: 0\n", "ask", "--timeout", "0", "q");
        refuses("--port must be between 0 and 65535: 70000\n", "demo", "--keep-running", "--port", "70000");
        refuses("--port must be between 0 and 65535: -1\n", "demo", "--keep-running", "--port", "-1");
        refuses("--web-port must be between 0 and 65535: 65536\n", "demo", "--web", "--web-port", "65536");
    }

    @Test
    void refusesDocumentsWithoutQueriesAndFilesThatAreNotThere() throws Exception {
        Path documents = Files.writeString(directory.resolve("d.json"), "[]");
        refuses(
                "--documents needs --queries FILE, with one query a line, or --keep-running, or --web\n",
                "demo",
                "--documents",
                documents.toString());
        refuses(
                "missing.json does not exist: give a JSON file\n",
                "demo",
                "--documents",
                "missing.json",
                "--queries",
                "q");
        refuses(
                "missing.txt does not exist: give a file with one query a line\n",
                "demo",
                "--documents",
                documents.toString(),
                "--queries",
                "missing.txt");
        refuses(
                directory + " cannot be written: give another file as --output\n",
                "demo",
                "--output",
                directory.toString());
        refuses(
                directory.resolve("no") + " is not a directory: --output cannot be written there\n",
                "demo",
                "--output",
                directory.resolve("no/ranked.jsonl").toString());
    }

    /** As root writes everywhere, a file stands where a directory is needed. */
    @Test
    void refusesOutputsThatCannotBeWrittenBeforeAnythingStarts() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        refuses(
                file + " is not a directory: --output cannot be written there\n",
                "demo",
                "--output",
                file.resolve("ranked.jsonl").toString());
        String[] load = {"load", "--from", "jdbc:none:x", "--query", "SELECT 1", "--resume"};
        refuses(
                file + " is not a directory: --resume cannot be written there\n",
                and(load, file.resolve("resume").toString()));
        refuses(directory + " cannot be written: give another file as --resume\n", and(load, directory.toString()));
    }

    private static String[] and(String[] arguments, String last) {
        return Stream.concat(Stream.of(arguments), Stream.of(last)).toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "--set kafka.bootstrap-servers=kafka:9092 d.json # --set cannot go with a file: say with"
                        + " --bootstrap-servers, --command-config and --topic where its documents go",
                "--config job.yaml --set query.top-n=5 --user me d.json # --config, --set cannot go with a file: say with"
                        + " --bootstrap-servers, --command-config and --topic where its documents go",
                "--driver-jar x.jar --user me --vectors drop d.json # --driver-jar, --user, --vectors cannot go with a"
                        + " file: leave out the file, or these options of a store",
                "--from redis://h --prefix p --vector-field v --sync d.json # --from, --prefix, --vector-field, --sync"
                        + " cannot go with a file: leave out the file, or these options of a store",
                "--from jdbc:none:x --query q --prefix p --vector-type int8 # --prefix, --vector-type cannot go with a"
                        + " database: leave out options of a Redis",
                "--from redis://h --prefix p --query q --user me # --query, --user cannot go with a Redis: leave out"
                        + " options of a database, and write a user into the address, as redis://user@host:6379",
                "--from jdbc:none:x --query q --set kafka.topics.documents=d # --set kafka.topics.documents cannot go with"
                        + " load: say with --bootstrap-servers, --command-config and --topic where the documents go",
                "--from redis://h --prefix p --set kafka.properties.security.protocol=SSL # --set"
                        + " kafka.properties.security.protocol cannot go with load: say with --bootstrap-servers,"
                        + " --command-config and --topic where the documents go"
            })
    void refusesOptionsThatALoadWouldNotUse(String arguments, String message) {
        refuses(
                message + "\n",
                Stream.concat(Stream.of("load"), Stream.of(arguments.split(" ", -1)))
                        .toArray(String[]::new));
    }

    @Test
    void takesAQueryThatBeginsWithAnAtForAQuery() throws Exception {
        Path file = Files.writeString(directory.resolve("args"), "--help");
        refuses("--timeout must be at least 1: 0\n", "ask", "--timeout", "0", "@" + file);
    }

    @Test
    void refusesAKafkaOfTheUsersInTheDemonstration() {
        refuses(
                "the demo brings its own Kafka; for yours: ./streamrank run --set kafka.bootstrap-servers=…\n",
                "demo",
                "--set",
                "kafka.bootstrap-servers=kafka:9092");
    }

    @Test
    void refusesASettingThatTheJobDoesNotKnow() {
        assertThat(run("demo", "--set", "query.topn=5")).isEqualTo(2);
        assertThat(err.toString())
                .contains("query.topn")
                .contains("query.top-n")
                .doesNotContain("\tat ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '$',
            value = {
                "{year                            # is not JSON: a member's name in double quotes is missing, or there"
                        + " is a comma too many (column 2)",
                "{'year':1997} {'lang':'en'}      # goes on after its end: leave one value (column 15)",
                "{'year':1997},                   # goes on after its end: leave one value (column 14)",
                "$$                               # is empty: write a JSON value",
                "{'year':1997,'year':1998}        # has the member \"year\" twice: leave one (column 20)",
                "{'year':NaN}                     # is not JSON: NaN is no JSON value, write null (column 12)",
                "[1]                              # is no filter: the value must be a JSON object but is an array of 1",
                "null                             # is no filter: the value must be a JSON object but is null",
                "{'year':{'near':1}}              # is no filter: filter.year.near is not an operator; there are eq,"
                        + " in, gt, gte, lt, lte, and dots name nested members",
                "{'year':1e999}                   # is no filter: filter.year must be a number within"
                        + " ±1.7976931348623157E308 but is the number 1E+999"
            })
    void refusesAFilterAsTheJobWould(String quoted, String problem) {
        String filter = quoted.replace('\'', '"');
        refuses(
                "--filter " + problem + ". Write a filter such as {\"year\":{\"gte\":2000}}"
                        + (filter.isEmpty() ? "" : " and not " + filter) + "\n",
                "ask",
                "--filter",
                filter,
                "q");
    }

    @Test
    void saysThatNoKafkaAnswers() throws Exception {
        String address = "127.0.0.1:" + LocalPorts.free();
        Path impatient = Files.write(
                directory.resolve("client.properties"),
                List.of("default.api.timeout.ms=300", "request.timeout.ms=200"));

        assertThat(run("topics", "--bootstrap-servers", address, "--command-config", impatient.toString()))
                .isEqualTo(1);

        assertThat(err.toString())
                .isEqualTo("no Kafka answers at " + address + ": is the address right, and is the broker running?\n");
        assertThat(out.toString()).isEmpty();
    }

    private void refuses(String message, String... args) {
        assertThat(run(args)).isEqualTo(2);
        assertThat(err.toString()).isEqualTo(message);
        assertThat(out.toString()).isEmpty();
        err.getBuffer().setLength(0);
    }

    private int run(String... args) {
        CommandLine line = StreamRank.commandLine();
        return line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
