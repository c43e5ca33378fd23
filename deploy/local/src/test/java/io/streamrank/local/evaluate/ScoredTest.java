// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.local.evaluate.Scored.Candidate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoredTest {
    private final Scored scored = new Scored(
            List.of(new Candidate("d", 3), new Candidate("b", 1), new Candidate("a", 0), new Candidate("c", 2)));

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
