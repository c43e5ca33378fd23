// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairTemplateTest {
    private static final PairTemplate BERT = new PairTemplate(new int[] {101}, new int[] {102}, new int[] {102}, 1, 12);

    @Test
    void putsSpecialTokensAroundBothTexts() {
        Encoding pair = BERT.join(tokens(1, 2), tokens(10, 3));
        assertThat(pair.ids()).containsExactly(101, 1, 2, 102, 10, 11, 12, 102);
        assertThat(pair.secondSegment()).isEqualTo(4);
        assertThat(pair.truncated()).isFalse();
    }

    @Test
    void theLongerTextGivesWayAndTheOddTokenIsTheLongers() {
        assertThat(BERT.join(tokens(1, 2), tokens(10, 99)).ids())
                .containsExactly(101, 1, 2, 102, 10, 11, 12, 13, 14, 15, 16, 102);
        assertThat(BERT.join(tokens(1, 99), tokens(200, 2)).ids())
                .containsExactly(101, 1, 2, 3, 4, 5, 6, 7, 102, 200, 201, 102);
        assertThat(BERT.join(tokens(1, 20), tokens(200, 30)).secondSegment()).isEqualTo(6);
        assertThat(BERT.join(tokens(1, 30), tokens(200, 20)).secondSegment()).isEqualTo(7);
        assertThat(BERT.join(tokens(1, 30), tokens(200, 20)).tokens()).isEqualTo(12);
        assertThat(BERT.join(tokens(1, 30), tokens(200, 20)).truncated()).isTrue();
    }

    @Test
    void theBeginningGivesWayWhereTheModelCutsThere() {
        PairTemplate left = new PairTemplate(new int[] {101}, new int[] {102}, new int[] {102}, 1, 12, true);
        Tokens query = left.keep(IntStream.range(1, 3).toArray());
        Tokens passage = left.keep(IntStream.range(10, 109).toArray());
        assertThat(left.join(query, passage).ids())
                .containsExactly(101, 1, 2, 102, 102, 103, 104, 105, 106, 107, 108, 102);
        Tokens longQuery = left.keep(IntStream.range(1, 30).toArray());
        assertThat(left.join(longQuery, passage).ids())
                .containsExactly(101, 26, 27, 28, 29, 102, 104, 105, 106, 107, 108, 102);
        assertThat(left.join(query, left.keep(new int[] {7})).ids()).containsExactly(101, 1, 2, 102, 7, 102);
    }

    @Test
    void eachTextIsCutForItselfWhereTheModelReadsThemApart() {
        PairTemplate apart = BERT.apart(3, 5);
        assertThat(apart.room()).isEqualTo(8);
        assertThat(apart.join(tokens(1, 2), tokens(10, 99)).ids())
                .containsExactly(101, 1, 2, 102, 10, 11, 12, 13, 14, 102);
        Encoding cut = apart.join(tokens(1, 9), tokens(10, 2));
        assertThat(cut.ids()).containsExactly(101, 1, 2, 3, 102, 10, 11, 102);
        assertThat(cut.truncated()).isTrue();
        assertThat(apart.join(tokens(1, 3), tokens(10, 5)).truncated()).isFalse();
    }

    @Test
    void tokensKeepTheirIdsAndLengthInAsFewBytesAsTheyNeed() {
        Tokens narrow = Tokens.of(new int[] {7, 65_535, 9}, 2);
        Tokens wide = Tokens.of(new int[] {7, 65_536, 9}, 3);
        int[] target = new int[4];
        narrow.copy(0, 2, target, 0);
        wide.copy(1, 3, target, 2);
        assertThat(target).containsExactly(7, 65_535, 65_536, 9);
        assertThat(narrow.length()).isEqualTo(3);
        assertThat(narrow.bytes()).isEqualTo(4);
        assertThat(wide.bytes()).isEqualTo(12);
    }

    private static Tokens tokens(int first, int count) {
        return Tokens.of(IntStream.range(first, first + count).toArray(), BERT.room());
    }
}
