// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.streamrank.retrieval.Nearest;
import io.streamrank.retrieval.Neighbor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SparseIndexTest {
    private final TermCounter terms = new TermCounter(TextLanguage.ENGLISH);
    private final Random random = new Random(5);

    @AfterEach
    void close() {
        terms.close();
    }

    @Test
    void scoresByBm25() {
        SparseIndex<String> index =
                index(Map.of("a", "ships sail", "b", "a ship, a ship, and a harbour", "c", "trees"));

        List<Neighbor<String>> found = search(index, "ship", 5);

        // Of three documents two have the stem; the mean length is (2 + 3 + 1) / 3.
        double idf = Math.log(1 + 1.5 / 2.5);
        assertThat(found).extracting(Neighbor::id).containsExactly("b", "a");
        assertThat(found.get(0).score())
                .isCloseTo((float) (idf * 2 / (2 + 1.2 * (0.25 + 0.75 * 3 / 2))), within(1e-6f));
        assertThat(found.get(1).score())
                .isCloseTo((float) (idf * 1 / (1 + 1.2 * (0.25 + 0.75 * 2 / 2))), within(1e-6f));
        assertThat(found).extracting(Neighbor::rank).containsExactly(0, 1);
    }

    @Test
    void aWordThatTheQueryRepeatsCountsAsOftenAsItIsThere() {
        SparseIndex<String> index = index(Map.of("a", "ship", "b", "harbour"));

        float once = search(index, "ship", 1).get(0).score();

        assertThat(search(index, "ships ship SHIP", 1).get(0).score()).isEqualTo(3 * once);
    }

    @Test
    void findsNothingForStopWordsAloneOrForWordsThatNobodyHas() {
        SparseIndex<String> index = index(Map.of("a", "the ship and the sea"));

        assertThat(search(index, "and the", 5)).isEmpty();
        assertThat(search(index, "harbour", 5)).isEmpty();
        assertThat(search(index, " ", 5)).isEmpty();
        assertThat(search(index(Map.of()), "ship", 5)).isEmpty();
    }

    @Test
    void leavesOutDocumentsWithoutATermAndDoesNotCountThem() {
        SparseIndex<String> index = index(Map.of("a", "ship", "b", "", "c", "the"));

        assertThat(index.size()).isEqualTo(1);
        assertThat(search(index, "ship", 5)).isEqualTo(search(index(Map.of("a", "ship")), "ship", 5));
    }

    @Test
    void filtersBeforeItCuts() {
        Map<String, String> texts = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            texts.put("d" + i, "ship ".repeat(i < 90 ? 5 : 1) + "kind" + i % 2);
        }
        Nearest<String> found = index(texts).search("ship", 5, text -> !text.startsWith("ship ship"), text -> null);

        assertThat(found.neighbors()).extracting(Neighbor::id).containsExactly("d90", "d91", "d92", "d93", "d94");
    }

    @Test
    void fillsThePlacesOfCopiesWithOtherDocuments() {
        Nearest<String> found = index(Map.of("a", "ship", "b", "ship", "c", "ship at sea", "d", "ship"))
                .search("ship", 2, null, Function.identity());

        assertThat(found.neighbors()).extracting(Neighbor::id).containsExactly("a", "c");
        assertThat(found.copies()).containsExactlyInAnyOrder("b", "d");
    }

    @Test
    void breaksTiesById() {
        assertThat(search(index(Map.of("c", "ship", "a", "ship", "b", "ship")), "ship", 2))
                .extracting(Neighbor::id)
                .containsExactly("a", "b");
    }

    /** Bit for bit: whatever was added, replaced and removed in between, and in which order. */
    @Test
    void anyHistoryGivesWhatAnIndexBuiltAnewGives() {
        for (int round = 0; round < 60; round++) {
            Map<String, String> truth = new TreeMap<>();
            SparseIndex<String> index = index(Map.of());
            int documents = 1 + random.nextInt(300);
            for (int step = 0; step < 4 * documents; step++) {
                String id = "d" + random.nextInt(documents);
                if (random.nextInt(3) == 0) {
                    truth.remove(id);
                    index.remove(id);
                } else {
                    String text = text();
                    truth.put(id, text);
                    index.put(id, text);
                }
            }
            SparseIndex<String> anew = index(truth);

            assertThat(index.size()).isEqualTo(anew.size());
            assertThat(index.terms()).isEqualTo(anew.terms());
            assertThat(index.postings()).isEqualTo(anew.postings());
            for (int i = 0; i < 10; i++) {
                String query = text();
                int k = 1 + random.nextInt(20);
                assertThat(search(index, query, k)).isEqualTo(search(anew, query, k));
            }
        }
    }

    @Test
    void heldBytesFollowTheDocuments() {
        SparseIndex<String> index = index(Map.of());
        for (int i = 0; i < 5_000; i++) {
            index.put("d" + i, text() + " only" + i);
        }
        long full = index.bytes();
        for (int i = 0; i < 4_900; i++) {
            index.remove("d" + i);
        }
        assertThat(index.bytes()).isLessThan(full / 10);
        assertThat(index.size()).isEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource
    void everyLanguageFindsAWordInItsOwnText(TextLanguage language) {
        try (TermCounter own = new TermCounter(language)) {
            SparseIndex<String> index = new SparseIndex<>(Bm25.DEFAULTS, own, Function.identity());
            index.put("a", "kafka 2026 سفينة նավ корабль जहाज πλοίο 東京都 เรือ");
            index.put("b", "other");
            assertThat(search(index, "kafka", 1)).extracting(Neighbor::id).containsExactly("a");
        }
    }

    @Test
    void refusesParametersOutOfRange() {
        assertThatThrownBy(() -> new Bm25(-1, 0)).hasMessage("k1 must be a number that is at least 0: -1.0");
        assertThatThrownBy(() -> new Bm25(Float.NaN, 0)).hasMessage("k1 must be a number that is at least 0: NaN");
        assertThatThrownBy(() -> new Bm25(1, 1.5f)).hasMessage("b must be a number from 0 to 1: 1.5");
    }

    private static List<Neighbor<String>> search(SparseIndex<String> index, String query, int k) {
        return index.search(query, k, null, text -> null).neighbors();
    }

    /** Fills an index in a random order. */
    private SparseIndex<String> index(Map<String, String> texts) {
        SparseIndex<String> index = new SparseIndex<>(Bm25.DEFAULTS, terms, Function.identity());
        List<String> order = new ArrayList<>(texts.keySet());
        Collections.shuffle(order, random);
        order.forEach(id -> index.put(id, texts.get(id)));
        return index;
    }

    /** Few words are frequent and most are rare, as in texts; some texts have none. */
    private String text() {
        StringBuilder text = new StringBuilder();
        for (int words = random.nextInt(12); words > 0; words--) {
            text.append("w").append((int) Math.pow(300, random.nextDouble())).append(' ');
        }
        return text.toString();
    }
}
