// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.LongDocuments;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.model.PairTemplate;
import io.streamrank.inference.model.Tokens;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunksTest {
    private static final int CLS = 0;
    private static final int SEP = 1;

    @Test
    void aPassageThatFitsIsOnePair() {
        EncodedPair pair = chunks(16, 2, 8).pair(tokens(100, 3), tokens(200, 10));
        assertThat(pair.chunks()).hasSize(1);
        assertThat(pair.truncated()).isFalse();
        assertThat(pair.tokens()).isEqualTo(16);
    }

    @Test
    void chunksOverlapByTheStride() {
        EncodedPair pair = chunks(16, 2, 8).pair(tokens(100, 3), tokens(200, 20));
        assertThat(pair.chunks()).hasSize(3);
        assertThat(pair.chunks().get(0).ids())
                .containsExactly(CLS, 100, 101, 102, SEP, 200, 201, 202, 203, 204, 205, 206, 207, 208, 209, SEP);
        assertThat(pair.chunks().get(1).ids())
                .startsWith(CLS, 100, 101, 102, SEP, 208, 209)
                .endsWith(217, SEP);
        assertThat(pair.chunks().get(2).ids()).containsExactly(CLS, 100, 101, 102, SEP, 216, 217, 218, 219, SEP);
        assertThat(pair.truncated()).isFalse();
    }

    @Test
    void whatIsBeyondTheLastChunkIsCutAndSaidSo() {
        EncodedPair pair = chunks(16, 2, 2).pair(tokens(100, 3), tokens(200, 500));
        assertThat(pair.chunks()).hasSize(2);
        assertThat(pair.truncated()).isTrue();
    }

    @Test
    void aLongQueryLeavesHalfTheRoom() {
        EncodedPair pair = chunks(16, 2, 8).pair(tokens(100, 99), tokens(200, 9));
        assertThat(pair.chunks()).hasSize(2);
        assertThat(pair.chunks()).allMatch(chunk -> chunk.secondSegment() == 8);
        assertThat(pair.truncated()).isTrue();
        assertThat(chunks(16, 2, 8).pair(tokens(100, 99), tokens(200, 1)).chunks())
                .hasSize(1);
    }

    @Test
    void everyTokenIsReadAndNoChunkIsTooLong() {
        Random random = new Random(5);
        for (int round = 0; round < 500; round++) {
            int maxTokens = 8 + random.nextInt(60);
            int length = random.nextInt(600);
            EncodedPair pair = chunks(maxTokens, random.nextInt(80), 1_000)
                    .pair(tokens(1_000, random.nextInt(20)), tokens(2_000, length));
            TreeSet<Integer> read = new TreeSet<>();
            for (Encoding chunk : pair.chunks()) {
                assertThat(chunk.tokens()).isLessThanOrEqualTo(maxTokens);
                IntStream.of(chunk.ids()).filter(id -> id >= 2_000).forEach(read::add);
            }
            assertThat(read).hasSize(length);
        }
    }

    private static Chunks chunks(int maxTokens, int stride, int limit) {
        PairTemplate template = new PairTemplate(new int[] {CLS}, new int[] {SEP}, new int[] {SEP}, 1, maxTokens);
        return new Chunks(template, new PairPolicy(0, 0, 0, LongDocuments.CHUNK, stride, limit));
    }

    private static Tokens tokens(int first, int count) {
        return Tokens.of(IntStream.range(first, first + count).toArray(), Integer.MAX_VALUE);
    }
}
