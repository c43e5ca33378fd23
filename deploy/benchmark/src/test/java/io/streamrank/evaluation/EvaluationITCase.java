// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.event.RetrievalMode;
import io.streamrank.local.console.Console;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A collection of five documents through the whole job, with the built-in models unless they do not matter. */
class EvaluationITCase {
    private static final Path MODELS =
            Path.of("..", "models", "golden").toAbsolutePath().normalize();

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private int exitCode;

    @BeforeEach
    void writeCollection() throws Exception {
        Files.writeString(directory.resolve("corpus.jsonl"), """
            {"_id":"cat/1","title":"Cats","text":"Cats purr when they are content."}
            {"_id":"dog","title":"Dogs","text":"Dogs bark at strangers."}
            {"_id":"sun","text":"The sun is a star in the middle of the solar system."}
            {"_id":"tea","text":"Green tea is brewed from leaves that were not fermented."}
            {"_id":"empty","title":"","text":""}
            """);
        Files.writeString(directory.resolve("queries.jsonl"), """
            {"_id":"sound of a cat","text":"what sound does a happy cat make"}
            {"_id":"star","text":"which star do the planets go round"}
            {"_id":"unjudged","text":"who wrote this"}
            """);
        Files.writeString(
                directory.resolve("qrels.tsv"),
                "query-id\tcorpus-id\tscore\nsound of a cat\tcat/1\t2\nsound of a cat\tdog\t0\nstar\tsun\t1\n");
    }

    @Test
    void measuresRetrievalAndRerankingAndSaysWhatCouldNotBeUsed() throws Exception {
        JsonNode result = evaluate(List.of(1, 3), false, directory.resolve("report"));

        assertThat(result.at("/retrieved/mean/ndcg_cut_10").asDouble()).isEqualTo(1);
        assertThat(result.at("/reranked/1/candidates").asInt()).isEqualTo(3);
        assertThat(result.at("/reranked/1/mean/success_1").asDouble()).isEqualTo(1);
        assertThat(result.at("/reranked/1/mean/success_3").asDouble()).isEqualTo(1);
        assertThat(result.at("/reranked/1/in_reach").asDouble()).isEqualTo(1);
        assertThat(result.at("/cost/pairs").asInt()).isBetween(6, 8);
        assertThat(result.at("/retrieval_weight").asDouble()).isEqualTo(15);
        assertThat(result.at("/reranked_by_logit_alone/1/mean/success_1").asDouble())
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("5 documents, 2 queries with relevant documents (1 without are left out)")
                .contains("records that could not be used: 1 (a query then counts as 0), of which the first is document"
                        + " 5: ");
        JsonNode report = new ObjectMapper()
                .readTree(directory.resolve("report/results.json").toFile());
        assertThat(report.at("/results").findValuesAsText("retrieval")).containsExactly("dense", "sparse", "hybrid");
        assertThat(report.at("/results/1/retrieved/mean/ndcg_cut_10").asDouble())
                .isEqualTo(1);
        assertThat(report.at("/results/2/reranked/1/mean/success_1").asDouble()).isEqualTo(1);
        assertThat(report.at("/comparisons").findValuesAsText("name"))
                .contains("sparse against dense, retrieved", "hybrid against dense, reranked 3");
        assertThat(exitCode).isEqualTo(3);
        assertThat(out.toString()).contains("retrieved", "reranked 1", "reranked 3", "nDCG@10", "S@3");
        assertThat(Files.readString(directory.resolve("report/dense-reranked-3.run"))
                        .lines())
                .hasSize(6);
    }

    @Test
    void givesTheSameNumbersAgainInStreamsAndInBatches() throws Exception {
        JsonNode once = numbers(Map.of(), "once");

        assertThat(numbers(Map.of(), "again")).isEqualTo(once);
        assertThat(numbers(Map.of("flink.execution.runtime-mode", "BATCH"), "batch"))
                .isEqualTo(once);
    }

    /** But for what they cost. */
    private JsonNode numbers(Map<String, String> settings, String report) throws Exception {
        Map<String, String> all = new HashMap<>(settings);
        all.put("models.embedder.uri", MODELS.resolve("tiny-bi-encoder").toUri().toString());
        all.put(
                "models.reranker.uri",
                MODELS.resolve("tiny-cross-encoder").toUri().toString());
        ObjectNode result =
                (ObjectNode) evaluate(List.of(1, 3), new ModelPair(all, null, null), false, directory.resolve(report));
        result.remove("cost");
        return result;
    }

    @Test
    void ranksWhatIsJudgedForEachQueryWhereAskedTo() throws Exception {
        JsonNode result = evaluate(List.of(50), true, directory.resolve("judged"));

        assertThat(result.has("retrieved")).isFalse();
        assertThat(result.at("/reranked/0/mean/success_1").asDouble()).isEqualTo(1);
        assertThat(result.at("/cost/pairs").asInt()).isEqualTo(3);
        assertThat(exitCode).isZero();
    }

    private JsonNode evaluate(List<Integer> candidates, boolean judgedOnly, Path report) throws Exception {
        return evaluate(candidates, new ModelPair(Map.of(), null, null), judgedOnly, report);
    }

    private JsonNode evaluate(List<Integer> candidates, ModelPair setup, boolean judgedOnly, Path report)
            throws Exception {
        Console console = new Console(new PrintWriter(out, true), new PrintWriter(err, true), false, false, 120);
        exitCode = new Evaluation(
                        directory.toString(),
                        candidates,
                        List.of(setup),
                        0,
                        judgedOnly ? List.of() : List.of(RetrievalMode.values()),
                        2,
                        report)
                .run(console);
        return new ObjectMapper()
                .readTree(report.resolve("results.json").toFile())
                .at("/results/0");
    }
}
