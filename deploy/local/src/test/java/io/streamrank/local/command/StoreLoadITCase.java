// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.codec.DocumentCodec;
import io.streamrank.codec.Limits;
import io.streamrank.e2e.CommittedRecords;
import io.streamrank.event.Document;
import io.streamrank.event.Embedding;
import io.streamrank.event.RawRecord;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.service.TextEmbedder;
import io.streamrank.local.cluster.EmbeddedKafka;
import io.streamrank.local.cluster.LocalJob;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code load --from} with a real broker, a real SQLite and a small embedder. */
class StoreLoadITCase {
    private static final String ALL = "SELECT id, title, year, v AS embedding FROM docs ORDER BY id";

    private static EmbeddedKafka kafka;
    private static TextEmbedder embedder;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start();
        Map<String, String> settings = new LinkedHashMap<>();
        List<String> arguments = List.of(Launched.withTinyModels("load"));
        arguments.stream()
                .filter(argument -> argument.startsWith("models."))
                .forEach(setting -> settings.put(setting.split("=", 2)[0], setting.split("=", 2)[1]));
        settings.put(LocalJob.BOOTSTRAP_SERVERS, "unused:1");
        embedder = LocalJob.config(null, settings).models().openEmbedder();
    }

    @AfterAll
    static void stop() {
        embedder.close();
        kafka.close();
    }

    @Test
    void loadsRowsWithTheirVectorsAndDeletesWhatIsGone() throws Exception {
        String topic = topic("shop");
        fill(vectorsOfTheEmbedder("The ship", "The shark", "The sea"));
        assertThat(Launched.run(
                                "load",
                                servers(),
                                topic,
                                "--wait=0",
                                "--vectors=foreign",
                                "--collection=other",
                                database(),
                                query(ALL))
                        .exitCode())
                .isZero();

        Launched first = load(topic, query(ALL), "--sync");

        assertThat(first.err())
                .contains("the vectors are those of the job's embedder: the mean cosine over 3 documents is 1.0000");
        assertThat(first.out()).startsWith("3 documents written to shop in ").doesNotContain("deleted");
        assertThat(first.exitCode()).isZero();
        Map<String, Document> loaded = documents("shop");
        assertThat(loaded.keySet()).containsExactlyInAnyOrder("1", "2", "3", "other/1", "other/2", "other/3");
        assertThat(loaded.get("2").metadata()).isEqualTo("{\"year\":2002}");
        assertThat(loaded.get("2").fields()).singleElement().asString().contains("The shark");
        assertThat(loaded.get("2").embedding()).isEqualTo(new Embedding(vector("The shark")));

        execute("DELETE FROM docs WHERE id = 2");
        Launched second = load(topic, query(ALL), "--sync");

        assertThat(second.out()).contains("2 documents written", "1 documents deleted, which the store no longer has");
        assertThat(second.exitCode()).isZero();
        assertThat(documents("shop").keySet()).containsExactlyInAnyOrder("1", "3", "other/1", "other/2", "other/3");
    }

    @Test
    void refusesVectorsOfAnotherModelUnlessToldOtherwise() throws Exception {
        String topic = topic("foreign");
        float[] same = vector("The ship");
        fill(Map.of("The ship", turned(same), "The shark", same, "The sea", same));

        Launched refused = load(topic, query(ALL));

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains(
                        "the vectors are not those of the job's embedder file:",
                        ": over 3 documents the mean cosine between the" + " two is ",
                        ", and at least 0.99 is needed. Load with --vectors drop");
        assertThat(documents("foreign")).isEmpty();
        assertThat(load(topic, query(ALL), "--vectors=foreign").exitCode()).isZero();
        assertThat(documents("foreign").values()).hasSize(3).allMatch(document -> document.embedding() != null);
        assertThat(load(topic, query(ALL), "--vectors=drop").exitCode()).isZero();
        assertThat(documents("foreign").values()).hasSize(3).allMatch(document -> document.embedding() == null);
    }

    @Test
    void refusesVectorsOfAnotherLength() throws Exception {
        fill(Map.of("The ship", new float[] {1, 2, 3}));

        Launched refused = load(topic("long"), query(ALL));

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains("the vector of document 1 has 3 numbers, but the embedder gives " + embedder.dimension()
                        + ": load with --vectors drop");
        assertThat(load(topic("long"), query(ALL), "--set=models.embedder.uri=none", "--set=corpus.dimension=3")
                        .exitCode())
                .isZero();
    }

    @Test
    void tellsOfRowsThatCannotBeUsedAndThenDeletesNothing() throws Exception {
        String topic = topic("some");
        fill(vectorsOfTheEmbedder("The ship", "The shark"));
        assertThat(load(topic, query(ALL)).exitCode()).isZero();
        execute("UPDATE docs SET id = NULL WHERE id = 2");

        Launched some = load(topic, query("SELECT id, title FROM docs ORDER BY title"), "--sync");

        assertThat(some.exitCode()).isEqualTo(3);
        assertThat(some.err())
                .contains(
                        "1 document could not be used:\n"
                                + "  row 1: has null for its id: give it one, or name another column with --id-field",
                        "1 documents of the topic were not found, but as some could not be used, none was deleted");
        assertThat(documents("some").keySet()).containsExactlyInAnyOrder("1", "2");
        assertThat(load(topic, query("SELECT title FROM docs")).err())
                .contains("row 1: has no id: select a column as id, or name one with --id-field");
        assertThat(load(topic, query("SELECT id, title FROM docs WHERE id = 7"), "--sync")
                        .err())
                .contains(" holds no document that could be used, so nothing was deleted either");
    }

    @Test
    void tellsWhatIsWrongWithTheArguments() throws Exception {
        fill(Map.of());
        assertSays("there is nothing to load: name a file, or a store with --from");
        assertSays("--from jdbc:sqlite needs --query, such as", database());
        assertSays("--from redis needs --prefix, such as --prefix docs", "--from=redis://:secret@127.0.0.1:1");
        assertSays(
                "--from must be an address that begins with jdbc:, redis:// or rediss://, but begins with mongodb",
                "--from=mongodb://h");
        assertSays(
                "redis://none.invalid cannot be opened: the host none.invalid is unknown, check its name",
                "--from=redis://:secret@none.invalid",
                "--prefix=docs");
        Launched away = Launched.run("load", servers(), "--from=redis://:secret@127.0.0.1:1", "--prefix=docs");
        assertThat(away.err()).startsWith("redis://127.0.0.1:1 cannot be opened: Connection refused");
        assertThat(away.exitCode()).isEqualTo(1);
        assertSays(
                "--vector-type must be one of float32, float64, float16, bfloat16, int8, uint8: x",
                "--from=redis://h",
                "--prefix=docs",
                "--vector-type=x");
        assertSays(
                "what begins with jdbc:sqlite is the address of a store, and no file: put --from before it",
                "jdbc:sqlite:/docs?password=secret");
        assertSays("--from cannot go with a file: leave out the file", database(), "file.json");
        String topic = topic("arguments");
        assertThat(load(topic, query(ALL), "--sync", "--resume=" + directory.resolve("r"))
                        .err())
                .contains("--sync and --resume exclude each other: only a whole load tells what is gone");
        Launched unknown = load(topic, query(ALL), "--set=models.embeder.uri=none");
        assertThat(unknown.err()).contains("models.embeder.uri");
        assertThat(unknown.exitCode()).isEqualTo(2);
    }

    private static void assertSays(String message, String... arguments) throws Exception {
        Launched wrong = Launched.run(Stream.concat(Stream.of("load", servers()), Stream.of(arguments))
                .toArray(String[]::new));
        assertThat(wrong.err()).startsWith(message);
        assertThat(wrong.exitCode()).isEqualTo(2);
    }

    private Launched load(String topic, String... more) throws Exception {
        return Launched.run(Launched.withTinyModels(
                "load",
                Stream.concat(Stream.of(servers(), topic, "--wait=0", database()), Stream.of(more))
                        .toArray(String[]::new)));
    }

    private static String servers() {
        return "--bootstrap-servers=" + kafka.bootstrapServers();
    }

    private String database() {
        return "--from=jdbc:sqlite:" + directory.resolve("docs.sqlite");
    }

    private static String query(String sql) {
        return "--query=" + sql;
    }

    /** Creates the topic, if it is not there. */
    private static String topic(String name) throws Exception {
        Launched created = Launched.run("topics", "--create", "--partitions=2", servers(), "--documents-topic=" + name);
        assertThat(created.exitCode()).as(created.err()).isZero();
        return "--topic=" + name;
    }

    private static Map<String, float[]> vectorsOfTheEmbedder(String... titles) throws Exception {
        Map<String, float[]> vectors = new LinkedHashMap<>();
        for (String title : titles) {
            vectors.put(title, vector(title));
        }
        return vectors;
    }

    private static float[] vector(String text) throws Exception {
        return embedder.embed(text, TextRole.PASSAGE, Long.MAX_VALUE).get();
    }

    /** A vector that is at a right angle, or far from it, to what it was. */
    private static float[] turned(float[] vector) {
        float[] turned = vector.clone();
        for (int i = 0; i < turned.length; i++) {
            turned[i] = i % 2 == 0 ? vector[i] : -vector[i];
        }
        return turned;
    }

    private void fill(Map<String, float[]> rows) throws Exception {
        execute("DROP TABLE IF EXISTS docs");
        execute("CREATE TABLE docs (id INTEGER, title TEXT, year INTEGER, v BLOB)");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("docs.sqlite"));
                PreparedStatement insert = connection.prepareStatement("INSERT INTO docs VALUES (?, ?, ?, ?)")) {
            int id = 0;
            for (Map.Entry<String, float[]> row : rows.entrySet()) {
                id++;
                ByteBuffer bytes =
                        ByteBuffer.allocate(row.getValue().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(row.getValue());
                insert.setInt(1, id);
                insert.setString(2, row.getKey());
                insert.setInt(3, 2_000 + id);
                insert.setBytes(4, bytes.array());
                insert.execute();
            }
        }
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("docs.sqlite"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What the topic holds, by key, as the job would read it. */
    private static Map<String, Document> documents(String topic) throws Exception {
        Map<String, Document> found = new LinkedHashMap<>();
        DocumentCodec codec = new DocumentCodec(Limits.defaults());
        for (ConsumerRecord<byte[], byte[]> record : CommittedRecords.read(kafka.bootstrapServers(), topic, 0)) {
            String key = new String(record.key(), UTF_8);
            Document document = codec.decode(raw(record)).value().document();
            if (document == null) {
                found.remove(key);
            } else {
                found.put(key, document);
            }
        }
        return found;
    }

    private static RawRecord raw(ConsumerRecord<byte[], byte @Nullable []> record) {
        return new RawRecord(
                record.topic(), record.partition(), record.offset(), 0, record.key(), record.value(), List.of());
    }
}
