// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static io.streamrank.operator.corpus.CorpusFixture.corpus;
import static io.streamrank.operator.corpus.CorpusFixture.index;
import static io.streamrank.operator.corpus.CorpusFixture.restore;
import static io.streamrank.operator.corpus.CorpusFixture.restored;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Version;
import io.streamrank.retrieval.sparse.SparseIndex;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusRecord;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.testing.TestEvents;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CorpusTest {
    private final CorpusIndex index = index();
    private final Corpus corpus = corpus(index, 0, 1);

    /** Returns what a checkpoint holds. */
    private static Map<DocumentKey, CorpusEntry> kept(Corpus corpus) {
        return corpus.chunks().stream()
                .flatMap(List::stream)
                .collect(Collectors.toMap(CorpusRecord::key, CorpusRecord::entry));
    }

    private Map<DocumentKey, CorpusEntry> kept() {
        return kept(corpus);
    }

    @Test
    void eachDocumentIsInTheShareOfOneSubtaskAndTheSharesAreAboutEqual() {
        List<Corpus> corpora = new ArrayList<>();
        for (int subtask = 0; subtask < 3; subtask++) {
            corpora.add(corpus(index, subtask, 3));
        }
        for (int i = 0; i < 6_000; i++) {
            for (Corpus each : corpora) {
                each.apply(TestEvents.update("d" + i, i, i % 2 == 0 ? null : "text", 1, 0), 0);
            }
        }
        Set<DocumentKey> all = new HashSet<>();
        for (Corpus each : corpora) {
            assertThat(kept(each)).hasSizeBetween(1_800, 2_200);
            assertThat(all).doesNotContainAnyElementsOf(kept(each).keySet());
            all.addAll(kept(each).keySet());
        }
        assertThat(all).hasSize(6_000);
    }

    @Test
    void takesUpItsShareOfWhatAnyNumberOfSubtasksWrote() {
        for (int i = 0; i < 2_500; i++) {
            corpus.apply(TestEvents.update("d" + i, i, i % 2 == 0 ? null : "text", 1, 0), 0);
        }
        assertThat(corpus.chunks()).extracting(List::size).containsExactly(1_000, 1_000, 500);
        CorpusIndex shared = index();
        Map<DocumentKey, CorpusEntry> both = new HashMap<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            Corpus made = corpus(shared, subtask, 2);
            restore(made, corpus);
            assertThat(kept(made)).hasSizeBetween(1_000, 1_500);
            both.putAll(kept(made));
        }
        assertThat(both).isEqualTo(kept());
        assertThat(shared.documents()).isEqualTo(1_250);
    }

    @Test
    void writesNothingForAnEmptyShare() {
        assertThat(corpus.chunks()).isEmpty();
    }

    @Test
    void remembersNoMoreDeletesThanDocumentsOrAFixedNumber() {
        applyManyDeletes();
        assertThat(kept()).hasSize(Tombstones.LEAST + 1).containsKey(key("kept"));
    }

    /** One document, and ten deletes more than are remembered beside it. */
    private void applyManyDeletes() {
        corpus.apply(TestEvents.update("kept", 0, "text", 1, 0), 0);
        for (int i = 0; i < Tombstones.LEAST + 10; i++) {
            corpus.apply(TestEvents.update("unknown" + i, i, null), i / 10);
        }
    }

    @Test
    void ofTooManyDeletesForgetsTheOldestFirst() {
        applyManyDeletes();
        assertThat(kept())
                .doesNotContainKey(key("unknown9"))
                .containsKey(key("unknown10"))
                .containsKey(key("unknown" + (Tombstones.LEAST + 9)));
    }

    @Test
    void keepsADocumentThatWasWrittenAgainAfterItsDelete() {
        corpus.apply(TestEvents.update("back", 1, null), 0);
        corpus.apply(TestEvents.update("back", 2, "text", 1, 0), 10);
        corpus.apply(TestEvents.update("later", 3, null), 70_000);
        assertThat(kept()).containsOnlyKeys(key("back"), key("later"));
        assertThat(index.documents()).isEqualTo(1);
    }

    @Test
    void remembersTheYoungerOfTwoDeletesForItsOwnTime() {
        corpus.apply(TestEvents.update("twice", 1, null), 0);
        corpus.apply(TestEvents.update("twice", 2, null), 30_000);
        corpus.apply(TestEvents.update("later", 3, null), 70_000);
        assertThat(kept()).containsOnlyKeys(key("twice"), key("later"));
        corpus.apply(TestEvents.update("last", 4, null), 100_000);
        assertThat(kept()).containsOnlyKeys(key("later"), key("last"));
    }

    @Test
    void forgetsDeletesByTheirAgeWhateverTheirOrder() {
        List<Integer> ages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ages.add(i);
        }
        Collections.shuffle(ages, new Random(5));
        for (int age : ages) {
            corpus.apply(TestEvents.update("d" + age, age, null), age * 1_000L);
        }
        corpus.apply(TestEvents.update("now", 1_000, null), 110_000);
        assertThat(kept()).hasSize(50).doesNotContainKey(key("d50")).containsKey(key("d51"));
    }

    /** The job may have stood still for days, with a document in its state that the delete has to come after. */
    @Test
    void aRestoreStartsTheRetentionOfDeletesAnew() {
        corpus.restore(new CorpusRecord(key("gone"), new CorpusEntry(new Version(5, 0, 5), null, null, 0)), 900_000);
        corpus.apply(TestEvents.update("gone", 4, "late", 1, 0), 959_999);
        assertThat(index.documents()).isZero();
        assertThat(kept()).containsOnlyKeys(key("gone"));
        corpus.apply(TestEvents.update("other", 6, "text", 1, 0), 960_000);
        assertThat(kept()).containsOnlyKeys(key("other"));
    }

    @Test
    void aRestoreForgetsNoDeleteThoughItsDocumentsAreYetToCome() {
        for (int i = 0; i < Tombstones.LEAST + 10; i++) {
            corpus.restore(new CorpusRecord(key("d" + i), new CorpusEntry(new Version(i, 0, i), null, null, 0)), 0);
        }
        assertThat(kept()).hasSize(Tombstones.LEAST + 10);
        corpus.apply(TestEvents.update("d0", 0, "late", 1, 0), 0);
        assertThat(index.documents()).isZero();
    }

    @Test
    void eachShareRemembersItsPartOfTheDeletes() {
        List<Corpus> both = List.of(corpus(index, 0, 2), corpus(index, 1, 2));
        for (int i = 0; i < 2 * Tombstones.LEAST; i++) {
            for (Corpus each : both) {
                each.apply(TestEvents.update("unknown" + i, i, null), 0);
            }
        }
        assertThat(both).allSatisfy(each -> assertThat(kept(each)).hasSize(Tombstones.LEAST / 2));
    }

    /** Else a document that comes late could not be told from one that is sent again. */
    @Test
    void theIndexForgetsWithTheShare() {
        corpus.apply(TestEvents.update("gone", 5, null), 0);
        corpus.apply(TestEvents.update("gone", 4, "text", 1, 0), 59_999);
        assertThat(index.documents()).isZero();
        corpus.apply(TestEvents.update("other", 6, null), 60_000);
        assertThat(kept()).containsOnlyKeys(key("other"));
        corpus.apply(TestEvents.update("gone", 4, "text", 1, 0), 60_001);
        assertThat(index.documents()).isEqualTo(1);
        assertThat(kept()).containsOnlyKeys(key("other"), key("gone"));
    }

    @Test
    void countsDocumentsOfAllCollections() {
        corpus.apply(TestEvents.update("a", 1, "text", 1, 0), 0);
        corpus.apply(TestEvents.update("a", 2, "other", 0, 1), 0);
        corpus.apply(
                CorpusUpdate.of(
                        new DocumentKey("movies", "a"),
                        new Version(1, 0, 3),
                        TestEvents.document("a", "text"),
                        new Embedding(new float[] {1, 0})),
                0);
        assertThat(index.documents()).isEqualTo(2);
        corpus.apply(TestEvents.update("a", 4, null), 0);
        assertThat(index.documents()).isEqualTo(1);
        assertThat(restored(List.of(corpus)).documents()).isEqualTo(1);
    }

    @Test
    void countsTermsAndPostingsOfAllCollections() {
        try (index) {
            corpus.apply(TestEvents.update("a", 1, "ship ship sea", 1, 0), 0);
            corpus.apply(TestEvents.update("b", 2, "ship", 1, 0), 0);
            assertThat(index.sparse(SparseIndex::terms)).isEqualTo(2);
            assertThat(index.sparse(SparseIndex::postings)).isEqualTo(3);
            assertThat(index.sparse(SparseIndex::bytes)).isPositive();
            corpus.apply(TestEvents.update("a", 3, null), 0);
            assertThat(index.sparse(SparseIndex::terms)).isEqualTo(1);
        }
    }

    @Test
    void forgetsTheIndexOfACollectionWithoutDocumentsAndWithItTheDimension() {
        corpus.apply(TestEvents.update("a", 1, "text", 1, 0), 0);
        corpus.apply(TestEvents.update("a", 2, null), 0);
        assertThat(index.bytes()).isZero();
        assertThat(index.search(TestEvents.query("q"), new Embedding(new float[] {1, 0}), null)
                        .candidates())
                .isEmpty();
        corpus.apply(TestEvents.update("a", 3, "text", 0, 0, 1), 0);
        assertThat(index.search(TestEvents.query("q"), new Embedding(new float[] {0, 0, 1}), null)
                        .candidates())
                .hasSize(1);
    }

    private static DocumentKey key(String id) {
        return new DocumentKey(TestEvents.COLLECTION, id);
    }
}
