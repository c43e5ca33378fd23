// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.retrieval.Nearest;
import io.streamrank.retrieval.RankFusion;
import io.streamrank.retrieval.RankFusion.Fused;
import io.streamrank.state.Candidate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Chooses candidates from the nearest documents and the best by BM25, fused by their ranks. */
final class HybridCandidates {
    /** Holds the candidates, and how many documents were left out for an equal candidate. */
    record Chosen(List<Candidate> candidates, int copies) {}

    private HybridCandidates() {}

    /**
     * Takes the best of both lists.
     *
     * @param k how many at most
     * @param key what copies have in common; null for a document that has none
     * @param candidate makes a candidate of its rank and what was found
     */
    static <D> Chosen choose(
            Nearest<D> nearest,
            Nearest<D> best,
            int k,
            Function<? super D, ? extends @Nullable Object> key,
            BiFunction<Integer, Fused<D>, Candidate> candidate) {
        Set<String> copies = new HashSet<>(nearest.copies());
        copies.addAll(best.copies());
        Set<Object> keys = new HashSet<>();
        List<Candidate> candidates = new ArrayList<>();
        for (Fused<D> fused : RankFusion.fuse(nearest.neighbors(), best.neighbors())) {
            if (candidates.size() == k) {
                break;
            }
            // The lists may have chosen different ones of equal documents, if other fields make the texts that they
            // read.
            Object common = key.apply(fused.document());
            if (common != null && !keys.add(common)) {
                copies.add(fused.id());
                continue;
            }
            copies.remove(fused.id());
            candidates.add(candidate.apply(candidates.size(), fused));
        }
        return new Chosen(candidates, copies.size());
    }
}
