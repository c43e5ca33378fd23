// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.local.console.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BeirFilesTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void writeCollection() throws Exception {
        write("corpus.jsonl", """
                {"_id":"d1","title":"T","text":"one"}
                {"_id":2,"text":"two"}
                """);
        write("queries.jsonl", """
                {"_id":"q1","text":"first"}
                {"_id":"q2","text":"second"}
                """);
        write("qrels.tsv", "q1\td1\t2\nq1\t2\t0\nq2\td1\t-1\n");
    }

    @Test
    void readsTheThreeFilesAndLeavesOutQueriesWithoutRelevantDocuments() throws Exception {
        TestCollection judged = BeirFiles.read(directory);

        assertThat(judged.documents())
                .containsExactly(Map.entry("d1", new Passage("T", "one")), Map.entry("2", new Passage("", "two")));
        assertThat(judged.queries()).containsExactly(Map.entry("q1", "first"));
        assertThat(judged.gradesOf("q1")).isEqualTo(Map.of("d1", 2, "2", 0));
        assertThat(judged.withoutRelevant()).isEqualTo(1);
    }

    @Test
    void readsJudgementsWithAFirstLineOfNamesAndFromTheirOwnDirectory() throws Exception {
        Files.delete(directory.resolve("qrels.tsv"));
        Files.createDirectory(directory.resolve("qrels"));
        write("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq2\t2\t1\n");

        assertThat(BeirFiles.read(directory).queries()).containsOnlyKeys("q2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "query-id\tcorpus-id\tscore",
                "query_id\tdoc_id\tGrade",
                "QID\tDocument ID\tRelevance",
                "\uFEFFquery-id\tcorpus-id\tscore"
            })
    void takesAFirstLineForAHeadingThatNamesColumns(String heading) throws Exception {
        write("qrels.tsv", heading + "\nq1\td1\t1\n");

        assertThat(BeirFiles.readQrels(directory.resolve("qrels.tsv"))).isEqualTo(Map.of("q1", Map.of("d1", 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "yes", "", "1e0", "0x1", "9999999999", "score"})
    void refusesAGradeOnTheFirstLineAsOnAnyOther(String grade) throws Exception {
        String message = " must have a whole number as grade but has \"" + grade + "\"";
        write("qrels.tsv", "q1\td1\t" + grade + "\nq1\t2\t1\n");
        refuses(directory.resolve("qrels.tsv") + " line 1" + message);
        write("qrels.tsv", "\nq1\t2\t1\nq1\td1\t" + grade + "\n");
        refuses(directory.resolve("qrels.tsv") + " line 3" + message);
    }

    @Test
    void countsJudgementsOfWhatIsNotThere() throws Exception {
        write("qrels.tsv", "q1\td1\t1\nq1\td9\t1\nq9\td1\t1\nq2 \td1\t1\n");

        assertThat(BeirFiles.read(directory).unknown()).isEqualTo(3);
    }

    @Test
    void samplesTheSameQueriesInTheFilesOrder() {
        Map<String, String> queries = new java.util.LinkedHashMap<>();
        Map<String, Map<String, Integer>> grades = new java.util.HashMap<>();
        for (int i = 0; i < 100; i++) {
            queries.put("q" + i, "text");
            grades.put("q" + i, Map.of("d", 1));
        }
        TestCollection judged = TestCollection.of("many", Map.of("d", new Passage("", "text")), queries, grades);

        assertThat(judged.sample(10).queries())
                .hasSize(10)
                .isEqualTo(judged.sample(10).queries());
        assertThat(judged.sample(10).queries().keySet())
                .containsExactlyElementsOf(queries.keySet().stream()
                        .filter(judged.sample(10).queries()::containsKey)
                        .toList());
        assertThat(judged.sample(1_000).queries()).hasSize(100);
    }

    @Test
    void saysInOneSentenceWhatIsWrong() throws Exception {
        Path corpus = directory.resolve("corpus.jsonl");
        Path qrels = directory.resolve("qrels.tsv");

        write("qrels.tsv", "q1\td1\t1\nq1 d1 1\n");
        refuses(qrels + " line 2 must have three columns separated by tabs (query id, document id, grade) but has 1");
        write("qrels.tsv", "q1\td1\t1\nq1\t2\tyes\n");
        refuses(qrels + " line 2 must have a whole number as grade but has \"yes\"");
        write("qrels.tsv", "q1\t0\td1\t1\n");
        refuses(qrels + " line 1 must have three columns separated by tabs (query id, document id, grade) but has 4");
        write("qrels.tsv", "q1\td1\t1\nq1\td1\t1\nq1\td1\t2\n");
        refuses(qrels + " line 3 judges document \"d1\" for query \"q1\" again, by another grade: leave one line");
        write("qrels.tsv", "q1\td1\t0\n");
        refuses(qrels + " judges no document relevant for any query of queries.jsonl: nothing can be measured");
        Files.delete(qrels);
        refuses(directory + " has neither qrels.tsv nor qrels/test.tsv:"
                + " without relevance judgements nothing can be measured");
        write("corpus.jsonl", """
                {"_id":"d1","text":"one"}
                {"_id":"d1","text":"two"}
                """);
        refuses(corpus + " line 2 repeats the _id \"d1\"");
        write("corpus.jsonl", """
                {"id":"d1","text":"one"}
                """);
        refuses(corpus + " line 1 has no _id: give it one");
        write("corpus.jsonl", """
                {"_id":"d1","text":"one","text":"two"}
                """);
        refuses(corpus + " line 1 has the member \"text\" twice: leave one (column 32)");
        write("corpus.jsonl", """
                {"_id":"d1","text":7}
                """);
        refuses(corpus + " line 1 must hold a text as text but holds the number 7");
        write("corpus.jsonl", "{\"_id\":\"d1\",\"text\":[" + "\"a\",".repeat(1_000) + "\"b\"]}\n");
        refuses(corpus + " line 1 must hold a text as text but holds an array of 1001");
        write("corpus.jsonl", "{\"_id\":\"\u00a0\",\"text\":\"one\"}\n");
        refuses(corpus + " line 1 has no _id: give it one");
        String id = "d".repeat(1_000);
        write("corpus.jsonl", ("{\"_id\":\"" + id + "\",\"text\":\"one\"}\n").repeat(2));
        refuses(corpus + " line 2 repeats the _id \"" + "d".repeat(80) + "…\"");
    }

    @Test
    void refusesWhatIsNoDirectory() {
        directory = directory.resolve("none");
        refuses(directory
                + " is not a directory: --collection takes one with corpus.jsonl, queries.jsonl and qrels.tsv");
    }

    private void refuses(String message) {
        assertThatThrownBy(() -> BeirFiles.read(directory))
                .isInstanceOf(InputException.class)
                .hasMessage(message);
    }

    private void write(String name, String content) throws Exception {
        Files.writeString(directory.resolve(name), content);
    }
}
