// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.evaluation.Ranking.Candidate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RankingTest {
    private final Ranking scored = new Ranking(
            List.of(candidate("d", 3, 1.0), candidate("b", 1, 3.0), candidate("a", 0, 3.0), candidate("c", 2, null)));

    private static Candidate candidate(String id, int rank, @Nullable Double logit) {
        return new Candidate(id, rank, logit);
    }

    @Test
    void byTheLogitAloneEqualOnesAreInFirstStageOrderAndThoseWithoutComeLast() {
        assertThat(scored.byLogit(4)).containsExactly("a", "b", "d", "c");
        assertThat(scored.byLogit(2)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void behindAnAnswerFollowsWhatASearchForMoreFound() {
        Ranking two = new Ranking(List.of(candidate("x", 1, 2.0), candidate("a", 0, 1.0)));

        Ranking all = two.followedBy(scored);

        assertThat(all.retrieved()).containsExactly("a", "x", "b", "c", "d");
        assertThat(all.reranked(2)).containsExactly("x", "a", "b", "c", "d");
    }

    @Test
    void retrievalAloneIsByFirstStageRank() {
        assertThat(scored.retrieved()).containsExactly("a", "b", "c", "d");
    }

    @Test
    void fewerCandidatesKeepTheJobsOrderAndTheRestFollowsInFirstStageOrder() {
        assertThat(scored.reranked(2)).containsExactly("b", "a", "c", "d");
        assertThat(scored.reranked(3)).containsExactly("b", "a", "c", "d");
        assertThat(scored.reranked(4)).containsExactly("d", "b", "a", "c");
        assertThat(scored.reranked(100)).containsExactly("d", "b", "a", "c");
    }
}
