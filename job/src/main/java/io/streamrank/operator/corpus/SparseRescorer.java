// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.retrieval.Neighbor;
import io.streamrank.retrieval.sparse.Bm25;
import io.streamrank.retrieval.sparse.Bm25.Weights;
import io.streamrank.state.Candidate;
import io.streamrank.state.SparseMatches;
import io.streamrank.state.TermStatistics;
import java.util.List;
import java.util.Objects;

/** Scores what shards found by a query's words anew, by the statistics of all shards, since each shard knows only its own. */
final class SparseRescorer {
    private final List<SparseMatches> shards;
    private final Bm25 bm25;
    private final Weights weights;

    /**
     * @param shards what each of them found, at least one
     * @param bm25 as the shards have it
     */
    SparseRescorer(List<SparseMatches> shards, Bm25 bm25) {
        this.shards = shards;
        this.bm25 = bm25;
        this.weights = bm25.weights(shards.stream()
                .map(SparseMatches::statistics)
                .reduce(TermStatistics::plus)
                .orElseThrow());
    }

    /** Returns the matches of all shards with the scores that a whole corpus would give them, in no order and with rank 0. */
    List<Neighbor<Candidate>> matches() {
        return shards.stream()
                .flatMap(shard -> shard.best().stream())
                .map(match -> new Neighbor<>(
                        Objects.requireNonNull(match.candidate().document().id()),
                        match.candidate(),
                        0,
                        weights.score(match.frequencies(), match.length())))
                .toList();
    }

    /**
     * Returns whether no document that a shard left out, but for copies, can belong to the list. It may, if the statistics of that shard differ much from
     * those of all.
     *
     * @param best of the {@link #matches}, the best first
     * @param k how many the list should have
     */
    boolean isProven(List<Neighbor<Candidate>> best, int k) {
        float last = best.size() == k ? best.get(k - 1).score() : 0;
        return shards.size() == 1 || shards.stream().allMatch(shard -> shard.leftOut() == 0 || last > atMost(shard));
    }

    /** Returns what a document that a shard left out scores at most. */
    private float atMost(SparseMatches shard) {
        return weights.atMost(shard.leftOut(), shard.statistics(), bm25.weights(shard.statistics()));
    }
}
