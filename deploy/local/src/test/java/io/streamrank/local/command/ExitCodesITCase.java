// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.local.cluster.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command with every exit code that it promises; {@code evaluate} and {@code benchmark} are in their own module. */
class ExitCodesITCase {
    private static final String GOOD = "{\"id\":\"1\",\"text\":\"The ship sank.\"}\n";

    /** One broker cannot keep so many copies. */
    private static final String TOO_MANY_COPIES = "kafka.topics.replication-factor=3";

    private static EmbeddedKafka kafka;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start();
        assertExits(0, "topics", "--create", "--partitions=1", servers());
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void topics() throws Exception {
        assertExits(0, "topics", servers());
        assertExits(1, "topics", "--create", "--replication=3", "--queries-topic=other", servers())
                .contains("the topics on ", "only 1 broker");
        assertExits(2, "topics", "--bootstrap-servers=no address").contains("no address");
    }

    @Test
    void loadDone() throws Exception {
        assertExits(0, "load", "--wait=0", servers(), write("d.jsonl", GOOD)).doesNotContain("could not be used");
        assertExits(0, "load", "--wait=1", servers(), write("d.jsonl", GOOD))
                .endsWith("what the job refuses later goes to its dead letters, the topic dead-letters\n");
    }

    @Test
    void loadOfExportsAndOfWhatIsNotUsed() throws Exception {
        String exported = write("hits.jsonl", """
                {"index":{"_id":"b1"}}
                {"title":"The ship sank."}
                {"_index":"m","_id":"h1","_source":{"title":"The shark bit."}}
                {"_id":{"$oid":"5f1d"},"title":"The owl flew."}{"id":"f1","fields":{"t":"x"},"year":1997}
                """);
        Launched load = Launched.run("load", "--wait=0", servers(), exported);
        assertThat(load.exitCode()).as(load.err()).isZero();
        assertThat(load.out()).startsWith("4 documents written to documents in ");
        assertThat(load.err())
                .doesNotContain("have no id", "could not be used")
                .contains(
                        "1 document has members next to \"fields\" that are not used, put them into \"metadata\": year\n");
    }

    @Test
    void loadFailed() throws Exception {
        String impatient = write("c.properties", "max.block.ms=0\n");
        assertExits(1, "load", "--command-config=" + impatient, servers(), write("d.jsonl", GOOD))
                .contains("documents cannot be written to documents: Kafka says \"")
                .endsWith("\"; documents written before: 0\n");
    }

    @Test
    void loadOfWrongInput() throws Exception {
        assertExits(2, "load", "none.jsonl", servers()).isEqualTo("none.jsonl does not exist: give a JSON file\n");
        String cut = write("cut.json", "[" + GOOD + ",{\"id\":");
        assertExits(2, "load", servers(), cut)
                .endsWith(cut
                        + " line 2 is not JSON: it ends too early, a closing quote or bracket is missing (column 8),"
                        + " and nothing after it can be read: mend the array, or write one value a line; documents"
                        + " written before: 1\n");
        assertExits(2, "load", "--wait=-1", servers(), cut).isEqualTo("--wait must be at least 0: -1\n");
    }

    @Test
    void loadOfSomeThatCannotBeUsed() throws Exception {
        String some = write("some.jsonl", GOOD + "{\"text\":NaN}\n" + GOOD);
        assertExits(3, "load", "--wait=0", servers(), some)
                .contains(
                        "2 documents of " + some + " could not be used:\n"
                                + "  line 2: is not JSON: NaN is no JSON value, write null (column 12)\n"
                                + "  line 1: was replaced by the document on line 3, which has the same id \"1\": give each its own\n");
    }

    @Test
    void ask() throws Exception {
        assertExits(1, "ask", "--timeout=1", servers(), "q").contains("no answer came within 1 s");
        assertExits(2, "ask", "--queries-topic=none", servers(), "q").contains("has no topic \"none\"");
    }

    @Test
    void run() throws Exception {
        assertExits(
                        1,
                        "run",
                        "--set=kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "--set=kafka.topics.queries=another",
                        "--set=" + TOO_MANY_COPIES)
                .contains("the topics on ", "only 1 broker");
        assertExits(2, "run", "--config=none.yaml").contains("none.yaml does not exist");
    }

    @Test
    void demo() throws Exception {
        String good = write("d.jsonl", GOOD);
        String queries = write("q.txt", "who sank?\n");
        assertExits(0, Launched.withTinyModels("demo", "--documents=" + good, "--queries=" + queries));
        assertExits(1, "demo", "--documents=" + good, "--queries=" + queries, "--set=" + TOO_MANY_COPIES);
        assertExits(2, "demo", "--documents=" + good).contains("--documents needs --queries FILE");
        String some = write("q.jsonl", "[\"who sank?\", {\"query\":\"a\",\"query\":\"b\"}]");
        assertExits(3, Launched.withTinyModels("demo", "--documents=" + good, "--queries=" + some))
                .contains("1 query of " + some + " could not be used:\n  line 1: has the member \"query\" twice");
        String blank = write("blank.jsonl", GOOD + "{\"id\":\"2\",\"text\":\"\\u00a0\"}\n");
        assertExits(3, Launched.withTinyModels("demo", "--documents=" + blank, "--queries=" + queries))
                .contains("1 document of " + blank + " could not be used:\n  line 2: ");
    }

    private static String servers() {
        return "--bootstrap-servers=" + kafka.bootstrapServers();
    }

    private String write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content).toString();
    }

    private static org.assertj.core.api.AbstractStringAssert<?> assertExits(int code, String... args)
            throws InterruptedException {
        Launched command = Launched.run(args);
        assertThat(command.exitCode())
                .as(Stream.of(args).toList() + command.err())
                .isEqualTo(code);
        return assertThat(command.err());
    }
}
