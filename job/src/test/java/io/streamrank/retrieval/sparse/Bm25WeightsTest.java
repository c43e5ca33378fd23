// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.retrieval.sparse.Bm25.Weights;
import io.streamrank.state.TermStatistics;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;

class Bm25WeightsTest {
    private final Random random = new Random();

    /** Whatever the shard and the other shards have, and whatever the document. */
    @RepeatedTest(20)
    void noDocumentOfAShardScoresMoreThanTheBound() {
        Bm25 bm25 = new Bm25(random.nextInt(4), random.nextInt(5) / 4f);
        int[] counts = {1, 2, 1};
        TermStatistics shard = statistics(counts);
        TermStatistics all = shard.plus(statistics(counts)).plus(statistics(counts));
        Weights local = bm25.weights(shard);
        Weights global = bm25.weights(all);

        for (int i = 0; i < 1_000; i++) {
            int[] frequencies = new int[counts.length];
            for (int term = 0; term < counts.length; term++) {
                frequencies[term] = shard.withTerm()[term] == 0 ? 0 : random.nextInt(5);
            }
            int length = 15 + random.nextInt(500);
            float score = local.score(frequencies, length);
            assertThat(global.score(frequencies, length)).isLessThanOrEqualTo(global.atMost(score, shard, local));
        }
    }

    private TermStatistics statistics(int... counts) {
        int documents = 1 + random.nextInt(1_000);
        int[] withTerm = random.ints(counts.length, 0, documents + 1).toArray();
        return new TermStatistics(documents, (long) documents * (1 + random.nextInt(300)), counts, withTerm);
    }
}
