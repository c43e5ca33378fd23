// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fuses two lists by reciprocal ranks: a document's score is the sum of {@code 1 / (60 + rank)} over the lists that have it, with ranks
 * from 1. Only ranks count, since cosines and scores by BM25 have no scale in common.
 */
public final class RankFusion {
    private static final int CONSTANT = 60;

    /**
     * Holds a document of either list.
     *
     * @param dense null if it is not in the first list
     * @param sparse null if it is not in the second list
     */
    public record Fused<D>(
            String id,
            D document,
            @Nullable Neighbor<D> dense,
            @Nullable Neighbor<D> sparse) {
        private double score() {
            return part(dense) + part(sparse);
        }

        private static double part(@Nullable Neighbor<?> in) {
            return in == null ? 0 : 1.0 / (CONSTANT + in.rank() + 1);
        }
    }

    private RankFusion() {}

    /** Returns all documents of both lists, the best first, and those with equal scores by id. */
    public static <D> List<Fused<D>> fuse(List<Neighbor<D>> dense, List<Neighbor<D>> sparse) {
        Map<String, Neighbor<D>> bySparse = new HashMap<>();
        sparse.forEach(found -> bySparse.put(found.id(), found));
        List<Fused<D>> fused = new ArrayList<>(dense.size() + sparse.size());
        for (Neighbor<D> found : dense) {
            fused.add(new Fused<>(found.id(), found.document(), found, bySparse.remove(found.id())));
        }
        for (Neighbor<D> found : sparse) {
            if (bySparse.containsKey(found.id())) {
                fused.add(new Fused<>(found.id(), found.document(), null, found));
            }
        }
        fused.sort(Comparator.<Fused<D>>comparingDouble(one -> -one.score()).thenComparing(Fused::id));
        return fused;
    }
}
