// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.evaluation.Ranking.Candidate;
import io.streamrank.event.RetrievalMode;
import io.streamrank.local.console.Console;
import io.streamrank.report.ReportDirectory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationReportTest {
    private final TestCollection collection = TestCollection.of(
            "made-up",
            Map.of("good", new Passage("A <title> & more", "text"), "bad", new Passage("", "bad text")),
            Map.of("q1", "what about <script>alert(1)</script>?"),
            Map.of("q1", Map.of("good", 1)));

    @TempDir
    private Path directory;

    @Test
    void writesRunsNumbersAndAPageThatNeedsNothingElse() throws Exception {
        new EvaluationReport(new ReportDirectory(directory), collection, List.of(result())).write();

        assertThat(directory.resolve("dense-retrieval.run"))
                .hasContent("q1 Q0 bad 1 2 dense-retrieval\nq1 Q0 good 2 1 dense-retrieval");
        assertThat(directory.resolve("dense-reranked-2.run"))
                .hasContent("q1 Q0 good 1 2 dense-reranked-2\nq1 Q0 bad 2 1 dense-reranked-2");
        assertThat(directory.resolve("dense-reranked-2-by-logit.run"))
                .hasContent("q1 Q0 bad 1 2 dense-reranked-2-by-logit\nq1 Q0 good 2 1 dense-reranked-2-by-logit");
        assertThat(directory.resolve("qrels.txt")).hasContent("q1 0 good 1");
        String page = Files.readString(directory.resolve("report.html"));
        assertThat(page)
                .contains("<th>R@10</th><th>R@50</th><th>R@100</th><th>S@1</th><th>S@3</th><th>in reach</th>")
                .contains("<td>retrieved</td><td>0.6309</td>", "<td>1/0/0</td>", "<td>4.0</td><td>500.0</td></tr>")
                .contains("<svg", "&lt;script&gt;alert(1)", "A &lt;title&gt; &amp; more", "+0.369")
                .doesNotContain("<script", "http:", "https:", " src=", "@import", "NaN", "against dense");
        JsonNode numbers =
                new ObjectMapper().readTree(directory.resolve("results.json").toFile());
        JsonNode first = numbers.at("/results/0");
        assertThat(first.at("/retrieved/mean/ndcg_cut_10").asDouble()).isEqualTo(0.63093);
        assertThat(first.at("/reranked/0/queries/q1/ndcg_cut_10").asDouble()).isEqualTo(1);
        assertThat(first.at("/reranked/0/against_retrieved/wins").asInt()).isEqualTo(1);
        assertThat(first.at("/retrieval_weight").asDouble()).isEqualTo(15);
        assertThat(first.at("/reranked_by_logit_alone/0/against_retrieved/ties").asInt())
                .isEqualTo(1);
        assertThat(first.at("/cost/retrieval_ms").asDouble()).isEqualTo(12);
        assertThat(first.at("/cost/pairs_per_second").asDouble()).isEqualTo(4);
    }

    @Test
    void showsTheSameFiguresInTheTerminal() {
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out, true);

        new EvaluationTables(List.of(result())).print(new Console(writer, writer, false, false, 120));

        assertThat(out.toString().lines())
                .containsSubsequence(
                        "dense · embedder → reranker · ln(1 + e^(logit + 1)) + 15 × cosine",
                        "                           nDCG@10  MRR@10     MAP    R@10    R@50   R@100     S@1     S@3  in reach"
                                + "  won/lost/tied       p  pairs/s  ms/query",
                        "  retrieved                 0.6309  0.5000  0.5000  1.0000  1.0000  1.0000  0.0000  1.0000    1.0000"
                                + " ".repeat(38)
                                + "12.0",
                        "  reranked 2                1.0000  1.0000  1.0000  1.0000  1.0000  1.0000  1.0000  1.0000    1.0000"
                                + "          1/0/0  1.0000      4.0     500.0",
                        "  reranked 2, logit alone   0.6309  0.5000  0.5000  1.0000  1.0000  1.0000  0.0000  1.0000    1.0000"
                                + "          0/0/1  1.0000      4.0     500.0");
    }

    @Test
    void numbersTheRunsOfSeveralPairsOfModels() throws Exception {
        new EvaluationReport(
                        new ReportDirectory(directory),
                        collection,
                        List.of(result(), result("other", RetrievalMode.DENSE, 0)))
                .write();

        assertThat(directory.resolve("1-dense-retrieval.run")).exists();
        assertThat(directory.resolve("2-dense-reranked-2.run")).exists();
    }

    @Test
    void comparesTheWaysToFindCandidatesWithTheFirst() throws Exception {
        List<EvaluationResult> results = List.of(result(), result("reranker", RetrievalMode.HYBRID, 0));
        new EvaluationReport(new ReportDirectory(directory), collection, results).write();

        assertThat(directory.resolve("hybrid-retrieval.run")).exists();
        assertThat(Files.readString(directory.resolve("report.html")))
                .contains("Ways to find candidates, compared", "hybrid against dense, retrieved", "+0.3691");
        JsonNode numbers =
                new ObjectMapper().readTree(directory.resolve("results.json").toFile());
        assertThat(numbers.at("/results/1/retrieval").asText()).isEqualTo("hybrid");
        assertThat(numbers.at("/comparisons")).hasSize(2);
        assertThat(numbers.at("/comparisons/0/name").asText()).isEqualTo("hybrid against dense, retrieved");
        assertThat(numbers.at("/comparisons/0/ndcg_cut_10/difference").asDouble())
                .isEqualTo(0.36907);
        assertThat(numbers.at("/comparisons/1/ndcg_cut_10/difference").asDouble())
                .isZero();
    }

    @Test
    void writesBlanksInIdsSoThatColumnsStayColumns() {
        assertThat(EvaluationReport.trec("what is it", List.of("a\tb", "50%25"), "run"))
                .containsExactly("what%20is%20it Q0 a%09b 1 2 run", "what%20is%20it Q0 50%25 2 1 run");
    }

    @Test
    void aQueryThatWasNotAnsweredCountsAsZero() {
        RunSummary line = RunSummary.retrieved(collection, Map.of(), 10);

        assertThat(line.mean()).isEqualTo(new Measures(0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(line.inReach()).isZero();
    }

    private EvaluationResult result() {
        return result("reranker", RetrievalMode.DENSE, 1);
    }

    private EvaluationResult result(String reranker, RetrievalMode mode, int rankOfTheGoodOne) {
        Map<String, Ranking> answers = Map.of(
                "q1",
                new Ranking(List.of(
                        new Candidate("good", rankOfTheGoodOne, 0.5),
                        new Candidate("bad", 1 - rankOfTheGoodOne, 0.7))));
        RunSummary retrieved = RunSummary.retrieved(collection, answers, 2);
        return new EvaluationResult(
                "embedder",
                reranker,
                mode,
                15,
                retrieved,
                List.of(RunSummary.reranked(collection, answers, 2, retrieved)),
                List.of(RunSummary.byLogit(collection, answers, 2, retrieved)),
                12,
                new RunOutcome.Cost(2, 40, 0, 0.5));
    }
}
