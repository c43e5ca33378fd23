// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Origin;
import io.streamrank.event.RankedResult;
import io.streamrank.event.Timing;
import io.streamrank.event.Usage;
import java.util.List;
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
        assertThat(cost.pairs()).isEqualTo(30);
        assertThat(cost.pairsPerSecond()).isEqualTo(15);
    }

    @Test
    void retrievalTakesTheMedianOfEmbeddingAndSearching() {
        assertThat(RunOutcome.Cost.of(results).retrievalMs()).isEqualTo(42);
    }

    @Test
    void whereNothingWasAnsweredNothingWasSpent() {
        assertThat(RunOutcome.Cost.of(List.of())).isEqualTo(new RunOutcome.Cost(0, 0, 0, 0, 0));
    }

    private static RankedResult result(Timing timing) {
        Origin origin = new Origin("queries", 0, 0, 1_000, 1_000, null, List.of());
        return new RankedResult(origin, "q", "what", "model", List.of(), null, new Usage(10, 100, 0), timing);
    }
}
