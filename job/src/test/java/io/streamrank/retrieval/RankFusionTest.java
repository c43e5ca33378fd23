// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.retrieval.RankFusion.Fused;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RankFusionTest {
    @Test
    void ordersByTheSumOfReciprocalRanks() {
        // c: 1/63 + 1/61, a: 1/61 + 1/64, b: 1/62, e: 1/62, d: 1/63
        assertThat(fused(List.of("a", "b", "c"), List.of("c", "e", "d", "a"))).containsExactly("c", "a", "b", "e", "d");
    }

    @Test
    void aDocumentInBothListsComesBeforeTheFirstOfOne() {
        List<String> dense = IntStream.range(0, 60).mapToObj(i -> "dense" + i).toList();
        List<String> sparse = IntStream.range(0, 60)
                .mapToObj(i -> i == 59 ? "dense59" : "sparse" + i)
                .toList();

        assertThat(fused(dense, sparse)).startsWith("dense59", "dense0", "sparse0");
    }

    @Test
    void breaksTiesById() {
        assertThat(fused(List.of("b", "a"), List.of("a", "b"))).containsExactly("a", "b");
        assertThat(fused(List.of("b"), List.of("a"))).containsExactly("a", "b");
    }

    @Test
    void saysWhereADocumentIsInEitherList() {
        Fused<String> both =
                RankFusion.fuse(list(List.of("x", "a")), list(List.of("a"))).get(0);
        assertThat(both.id()).isEqualTo("a");
        assertThat(both.dense().rank()).isEqualTo(1);
        assertThat(both.sparse().rank()).isZero();

        Fused<String> one = RankFusion.fuse(list(List.of()), list(List.of("a"))).get(0);
        assertThat(one.dense()).isNull();
        assertThat(one.document()).isEqualTo("text of a");
    }

    private static List<String> fused(List<String> dense, List<String> sparse) {
        return RankFusion.fuse(list(dense), list(sparse)).stream()
                .map(Fused::id)
                .toList();
    }

    private static List<Neighbor<String>> list(List<String> ids) {
        return IntStream.range(0, ids.size())
                .mapToObj(i -> new Neighbor<>(ids.get(i), "text of " + ids.get(i), i, 1f / (i + 1)))
                .toList();
    }
}
