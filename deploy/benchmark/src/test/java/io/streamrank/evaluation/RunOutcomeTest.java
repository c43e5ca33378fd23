// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Hit;
import io.streamrank.event.Origin;
import io.streamrank.event.RankedResult;
import io.streamrank.event.RetrievalMode;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunOutcomeTest {
    /** All are there at 1,000 ms; the first is answered after 3,000, of which 500 went into reranking. */
    private final List<RankedResult> results = List.of(
            result(new Timing(0, 20, 1, 500, 3_000)),
            result(new Timing(0, 40, 2, 900, 4_000)),
            result(new Timing(0, 60, 3, 700, 4_500)));

    @Test
    void rerankingLastsFromTheFirstQueryThatItIsGivenToTheLastAnswer() {
        RunOutcome.Cost cost = RunOutcome.Cost.of(results);
        assertThat(cost.seconds()).isEqualTo(2);
        assertThat(cost.pairs()).isEqualTo(10);
        assertThat(cost.pairsPerSecond()).isEqualTo(5);
    }

    @Test
    void retrievalTakesTheMedianOfTheAnswersOfItsMode() {
        Map<EvaluationQuery, Long> times = Map.of(
                new EvaluationQuery("a", RetrievalMode.DENSE, 10), 21L,
                new EvaluationQuery("b", RetrievalMode.DENSE, 10), 42L,
                new EvaluationQuery("c", RetrievalMode.DENSE, 10), 63L,
                new EvaluationQuery("c", RetrievalMode.SPARSE, 10), 7L);
        RunOutcome outcome = new RunOutcome(Map.of(), times, RunOutcome.Cost.of(List.of()), 0, List.of());

        assertThat(outcome.retrievalMs(RetrievalMode.DENSE)).isEqualTo(42);
        assertThat(outcome.retrievalMs(RetrievalMode.HYBRID)).isZero();
    }

    @Test
    void anAnswerWithFewerCandidatesOfFusedListsIsTheJobsOwn() {
        Ranking ten = new Ranking(List.of(new Ranking.Candidate("a", 0, 0.1)));
        Ranking hundred = new Ranking(List.of(new Ranking.Candidate("b", 0, 0.2), new Ranking.Candidate("a", 1, 0.1)));
        RunOutcome outcome = new RunOutcome(
                Map.of(
                        new EvaluationQuery("q", RetrievalMode.HYBRID, 10), ten,
                        new EvaluationQuery("q", RetrievalMode.HYBRID, 100), hundred,
                        new EvaluationQuery("q", RetrievalMode.DENSE, 100), hundred),
                Map.of(),
                RunOutcome.Cost.of(List.of()),
                0,
                List.of());

        assertThat(outcome.answers(RetrievalMode.HYBRID, 10, 100).get("q").retrieved())
                .containsExactly("a", "b");
        assertThat(outcome.answers(RetrievalMode.HYBRID, 100, 100).get("q").retrieved())
                .containsExactly("b", "a");
        assertThat(outcome.answers(RetrievalMode.DENSE, 10, 100).get("q").retrieved())
                .containsExactly("b", "a");
    }

    @Test
    void whereNothingWasAnsweredNothingWasSpent() {
        assertThat(RunOutcome.Cost.of(List.of())).isEqualTo(new RunOutcome.Cost(0, 0, 0, 0));
    }

    private static RankedResult result(Timing timing) {
        Origin origin = new Origin("queries", 0, 0, 1_000, 1_000, null, List.of());
        // The same ten pairs are in all answers, and each has a document more that was not scored.
        List<Hit> hits = IntStream.rangeClosed(0, 10)
                .mapToObj(i -> new Hit(i, "d" + i, i == 10 ? null : (Double) 0.5, null, null, null))
                .toList();
        return new RankedResult(origin, "q", "what", "model", hits, null, new Usage(10, 100, 0), timing);
    }
}
