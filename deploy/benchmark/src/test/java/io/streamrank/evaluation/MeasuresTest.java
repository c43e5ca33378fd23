// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Against trec_eval: {@code golden/measures/expected.tsv} was computed from the run and the judgements beside it with
 * pytrec-eval-terrier 0.5.11 (ndcg_cut.10, map, recall.5,10, success.1,3; recip_rank after the run was cut to ten
 * hits). They hold ties, graded and negative judgements, documents without judgement, and a query that finds nothing.
 */
class MeasuresTest {
    private static final double TOLERANCE = 1e-4;

    private record ScoredDocument(String id, float score) {}

    @Test
    void agreeWithTrecEval() throws IOException {
        Map<String, Map<String, Integer>> grades = grades();
        Map<String, List<String>> rankings = rankings();
        List<String[]> expected = table("expected.tsv", "\t");

        assertThat(expected).hasSize(6);
        for (String[] row : expected) {
            Map<String, Integer> judged = grades.get(row[0]);
            List<String> ranking = rankings.get(row[0]);
            Measures scores = Measures.of(ranking, judged);
            assertThat(List.of(
                            scores.ndcg10(),
                            scores.mrr10(),
                            scores.map(),
                            Measures.recall(ranking, judged, 5),
                            scores.recall10(),
                            scores.success1(),
                            scores.success3()))
                    .as(row[0])
                    .usingElementComparator((a, b) -> Math.abs(a - b) < TOLERANCE ? 0 : Double.compare(a, b))
                    .containsExactly(
                            Double.valueOf(row[1]),
                            Double.valueOf(row[2]),
                            Double.valueOf(row[3]),
                            Double.valueOf(row[4]),
                            Double.valueOf(row[5]),
                            Double.valueOf(row[6]),
                            Double.valueOf(row[7]));
        }
    }

    @Test
    void nothingRelevantOrNothingFoundIsZeroAndNotANumber() {
        assertThat(Measures.of(List.of("a"), Map.of("a", 0))).isEqualTo(new Measures(0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(Measures.of(List.of(), Map.of("a", 1))).isEqualTo(new Measures(0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(Measures.mean(List.of())).isEqualTo(new Measures(0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void theRunThatIsWrittenKeepsItsOrderForTrecEvalEvenWhereIdsWouldBreakTies() {
        List<String> ranking = List.of("a", "z", "m");

        List<String> lines = EvaluationReport.trec("q", ranking, "run");

        assertThat(lines).containsExactly("q Q0 a 1 3 run", "q Q0 z 2 2 run", "q Q0 m 3 1 run");
        assertThat(trecOrder(lines.stream().map(line -> line.split(" ")).toList()))
                .containsExactlyElementsOf(ranking);
    }

    @Test
    void successLooksAtTheFirstOnly() {
        List<String> ranking = List.of("a", "b", "c", "d");

        assertThat(Measures.success(ranking, Map.of("d", 1), 3)).isZero();
        assertThat(Measures.success(ranking, Map.of("d", 1), 4)).isEqualTo(1);
        assertThat(Measures.success(ranking, Map.of("a", 0, "c", 1), 3)).isEqualTo(1);
    }

    @Test
    void gainsAreTheGradesThemselves() {
        Map<String, Integer> grades = Map.of("a", 1, "b", 3);

        assertThat(Measures.ndcg(List.of("a", "b"), grades, 10))
                .isCloseTo((1 + 3 / 1.58496) / (3 + 1 / 1.58496), within(TOLERANCE));
    }

    private static Map<String, List<String>> rankings() throws IOException {
        Map<String, List<String[]>> byQuery = table("scored.run", " ").stream()
                .collect(Collectors.groupingBy(row -> row[0], LinkedHashMap::new, Collectors.toList()));
        Map<String, List<String>> rankings = new LinkedHashMap<>();
        byQuery.forEach((query, rows) -> rankings.put(query, trecOrder(rows)));
        return rankings;
    }

    /** By score alone, the larger id first where it is equal. */
    private static List<String> trecOrder(List<String[]> rows) {
        return rows.stream()
                .map(row -> new ScoredDocument(row[2], Float.parseFloat(row[4])))
                .sorted(Comparator.comparing(ScoredDocument::score)
                        .thenComparing(ScoredDocument::id)
                        .reversed())
                .map(ScoredDocument::id)
                .toList();
    }

    private static Map<String, Map<String, Integer>> grades() throws IOException {
        Map<String, Map<String, Integer>> grades = new LinkedHashMap<>();
        table("qrels.tsv", "\t").stream()
                .skip(1)
                .forEach(row -> grades.computeIfAbsent(row[0], query -> new LinkedHashMap<>())
                        .put(row[1], Integer.valueOf(row[2])));
        return grades;
    }

    private static List<String[]> table(String name, String separator) throws IOException {
        try (var in = MeasuresTest.class.getResourceAsStream("/golden/measures/" + name)) {
            String text = new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
            List<String[]> rows = new ArrayList<>();
            text.lines().forEach(line -> rows.add(line.split(separator, -1)));
            if (name.equals("expected.tsv")) {
                rows.remove(0);
            }
            return rows;
        }
    }
}
