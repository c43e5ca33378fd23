// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PostingsTest {
    private record Posting(int number, int frequency) {}

    private final Random random = new Random(11);

    @Test
    void givesBackNumbersAndFrequenciesOfEverySize() {
        Postings postings = new Postings();
        List<Posting> added = new ArrayList<>();
        long number = -1;
        for (int bits = 0; bits < 30; bits++) {
            number += 1L << bits; // distances up to 2^29, so that numbers go up to 2^30
            int frequency = bits % 3 == 0 ? 1 : 1 + random.nextInt(1 << Math.min(bits + 1, 30));
            added.add(new Posting((int) number, frequency));
            postings.add((int) number, frequency);
        }
        assertThat(visited(postings)).isEqualTo(added);
        assertThat(postings.documents()).isEqualTo(30);
    }

    @Test
    void takesTwoBytesAtMostForADocumentThatIsNear() {
        Postings postings = new Postings();
        for (int number = 0; number < 10_000; number++) {
            postings.add(60 * number, 1);
        }
        assertThat(postings.bytes()).isLessThan(10_000 * 5 / 4 + 4);
        assertThat(visited(postings)).hasSize(10_000).last().isEqualTo(new Posting(599_940, 1));
    }

    @Test
    void keepsTheOrderUnderOtherNumbers() {
        Postings postings = new Postings();
        postings.add(3, 1);
        postings.add(4, 300);
        postings.add(900, 2);
        int[] numbers = new int[901];
        numbers[3] = 0;
        numbers[4] = -1;
        numbers[900] = 1;
        Postings renumbered = postings.renumbered(numbers);
        assertThat(visited(renumbered)).containsExactly(new Posting(0, 1), new Posting(1, 2));
        assertThat(renumbered.documents()).isEqualTo(2);
        renumbered.add(2, 7);
        assertThat(visited(renumbered)).last().isEqualTo(new Posting(2, 7));
    }

    private static List<Posting> visited(Postings postings) {
        List<Posting> visited = new ArrayList<>();
        postings.visit((number, frequency) -> visited.add(new Posting(number, frequency)));
        return visited;
    }
}
