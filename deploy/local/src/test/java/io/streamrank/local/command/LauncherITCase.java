// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.local.cluster.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer types, with tiny models. */
class LauncherITCase {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The third is no document. */
    private static final String MOVIES = """
            [
              {"title": "Jaws", "overview": "A shark bites", "year": 1975, "tagline": null},
              {"title": "Heat", "overview": "Cops and robbers", "year": 1995},
              7,
              {"title": "Up", "overview": "A house flies", "year": 2009}
            ]
            """;

    @TempDir
    private Path directory;

    @Test
    void makesTopicsLoadsAFileRunsTheJobAndAsksIt() throws Exception {
        Path movies = Files.writeString(directory.resolve("movies.json"), MOVIES);
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            String servers = "--bootstrap-servers=" + kafka.bootstrapServers();

            assertThat(Launched.run("ask", servers, "a shark").err())
                    .isEqualTo("Kafka at " + kafka.bootstrapServers() + " has no topic \"queries\": start the job with"
                            + " ./streamrank run or ./streamrank demo --keep-running\n");

            Launched created = Launched.run("topics", "--create", "--partitions", "1", servers, commandConfig());
            assertThat(created.err()).isEmpty();
            assertThat(created.lines())
                    .hasSize(4)
                    .first()
                    .isEqualTo("documents            partitions 1, copies 1, cleanup compact (new)");
            assertThat(created.exitCode()).isZero();

            Launched loaded = Launched.run("load", servers, movies.toString());
            assertThat(loaded.err())
                    .contains("1 document of " + movies + " could not be used:\n  line 4: is not a JSON object");
            assertThat(loaded.out()).startsWith("3 documents written to documents in ");
            assertThat(loaded.exitCode()).isEqualTo(3);

            Path years = Files.writeString(directory.resolve("years.json"), """
                    [{"year": 1975}]""");
            Launched nothing = Launched.run("load", servers, years.toString());
            assertThat(nothing.err())
                    .contains("1 document of " + years + " could not be used:\n  line 1: has no text: none of its")
                    .contains(years + " holds no document that could be used");
            assertThat(nothing.exitCode()).isEqualTo(2);

            try (Launched run = Launched.start(Launched.withTinyModels(
                    "run",
                    "--state",
                    directory.resolve("state").toString(),
                    "--set",
                    "kafka.bootstrap-servers=" + kafka.bootstrapServers()))) {
                run.awaitSaying("running: queries → ranked-results");

                Launched table = Launched.run("ask", servers, "--top-n", "2", "a shark");
                assertThat(table.err()).isEmpty();
                assertThat(table.lines()).hasSize(6).anyMatch(line -> line.contains("reranked"));
                assertThat(table.out()).contains("a shark", "Jaws");

                Launched json = Launched.run("ask", servers, "--json", "--top-n", "1", "--filter", """
                                {"year":{"gte":2000}}""", "a shark");
                JsonNode answer = JSON.readTree(json.out());
                assertThat(answer.path("results")).hasSize(1);
                assertThat(answer.at("/results/0/id").asText()).startsWith("made-");
                assertThat(answer.at("/results/0/document/title").asText()).isEqualTo("Up");

                Launched refused = Launched.run("load", servers, refused().toString());
                assertThat(refused.err())
                        .contains("3 documents of ", "line 1: ", "line 2: ", "line 3: ")
                        .contains("what the job refuses later goes to its dead letters, the topic dead-letters\n");
                assertThat(refused.out()).startsWith("4 documents written to documents in ");
                assertThat(refused.exitCode()).isEqualTo(3);
            }
        }
    }

    @Test
    void demonstratesOnTheUsersFilesAndWritesWhatItsSettingsAskFor() throws Exception {
        Path movies = Files.writeString(directory.resolve("movies.json"), MOVIES);
        Path queries = Files.writeString(directory.resolve("queries.txt"), """
                        a shark
                        {"query":"cops","top_n":1}
                        """);
        Path output = directory.resolve("ranked.jsonl");

        Launched demo = Launched.run(Launched.withTinyModels(
                "demo",
                "--documents",
                movies.toString(),
                "--queries",
                queries.toString(),
                "--output",
                output.toString(),
                "--set",
                "query.top-n=2"));

        assertThat(demo.err())
                .contains(
                        "3 documents searchable", "1 document of " + movies + " could not be used:\n  line 4: is not");
        assertThat(demo.out()).startsWith("3 documents · 2 queries · ");
        assertThat(demo.exitCode()).isEqualTo(3);
        List<String> answers = Files.readAllLines(output);
        assertThat(answers).hasSize(2).noneMatch(answer -> answer.contains("\"document\""));
        assertThat(JSON.readTree(answers.get(0)).path("results")).hasSize(2);
        assertThat(JSON.readTree(answers.get(1)).path("results")).hasSize(1);
    }

    @Test
    void waitsForDocumentsThatBringTheirVectorsIfThereIsNoEmbedder() throws Exception {
        Path documents = Files.writeString(directory.resolve("vectors.jsonl"), """
                        {"id":"1","text":"A shark bites","embedding":[1,0]}
                        {"id":"2","text":"A house flies","embedding":[0,1]}
                        """);
        Path queries = Files.writeString(directory.resolve("queries.jsonl"), """
                        {"query":"a shark","embedding":[1,0]}
                        """);

        Launched demo = Launched.run(
                "demo",
                "--documents=" + documents,
                "--queries=" + queries,
                "--set=models.embedder.uri=none",
                "--set=corpus.dimension=2",
                "--set=models.reranker.uri=" + Launched.tinyReranker().toUri());

        assertThat(demo.exitCode()).as(demo.err()).isZero();
        assertThat(demo.err()).contains("2 documents searchable");
        assertThat(demo.out()).contains("2 documents · 1 queries · ");
    }

    @Test
    void saysInOneSentenceWhatIsWrongWithAModel() throws Exception {
        Path model = damaged(Launched.tinyReranker());
        Path movies = Files.writeString(directory.resolve("movies.json"), """
                [{"title":"Jaws"}]""");
        Path queries = Files.writeString(directory.resolve("queries.txt"), "a shark\n");

        Launched demo = Launched.run(Launched.withTinyModels(
                "demo",
                "--documents",
                movies.toString(),
                "--queries",
                queries.toString(),
                "--set",
                "models.reranker.uri=" + model.toUri()));

        assertThat(demo.err().lines().toList()).last().asString().contains("damaged-model", "config.json");
        assertThat(demo.exitCode()).isEqualTo(2);
    }

    /** As Kafka's own tools take it, with a literal secret, which this broker does not ask for. */
    private String commandConfig() throws Exception {
        Path file = directory.resolve("client.properties");
        Files.write(
                file,
                List.of(
                        "security.protocol=PLAINTEXT",
                        "sasl.mechanism=PLAIN",
                        "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required"
                                + " username=\"a\" password=\"b\";"));
        return "--command-config=" + file;
    }

    /** Documents that only the job can judge. */
    private Path refused() throws Exception {
        StringBuilder fields = new StringBuilder();
        for (int i = 0; i < 70; i++) {
            fields.append(",\"f").append(i).append("\":\"text\"");
        }
        return Files.writeString(
                directory.resolve("refused.jsonl"),
                "{\"id\":\"v\",\"text\":\"t\",\"embedding\":[0.1,0.1]}\n{\"id\":\"" + "u".repeat(600)
                        + "\",\"text\":\"t\"}\n{\"id\":\"f\"" + fields + "}\n{\"id\":\"fine\",\"text\":\"t\"}\n");
    }

    private Path damaged(Path model) throws Exception {
        Path copy = directory.resolve("damaged-model");
        Files.createDirectories(copy.resolve("onnx"));
        for (String file : List.of("tokenizer.json", "tokenizer_config.json", "onnx/model.onnx")) {
            Files.copy(model.resolve(file), copy.resolve(file));
        }
        Files.writeString(copy.resolve("config.json"), "{\"num_labels\":");
        return copy;
    }
}
