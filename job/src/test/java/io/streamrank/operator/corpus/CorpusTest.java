// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Version;
import io.streamrank.retrieval.sparse.SparseIndex;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.testing.CountingState;
import io.streamrank.testing.TestEvents;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CorpusTest {
    private static final long RETENTION_MS = 60_000;

    private final CountingState state = new CountingState();
    private final CorpusIndex index = new CorpusIndex(SparseConfig.defaults(), null);

    private Corpus corpus() throws Exception {
        return new Corpus(state, RETENTION_MS, index);
    }

    /** Returns an index that is made from the state. */
    private CorpusIndex restored() throws Exception {
        CorpusIndex made = new CorpusIndex(SparseConfig.defaults(), null);
        Corpus unused = new Corpus(state, RETENTION_MS, made);
        return made;
    }

    @Test
    void aDeleteLooksAtNoOtherEntryWhileNothingIsOldEnough() throws Exception {
        Corpus corpus = corpus();
        for (int i = 0; i < 5_000; i++) {
            corpus.apply(TestEvents.update("unknown" + i, i, null), i);
        }
        assertThat(state.entries).hasSize(5_000);
        assertThat(state.visited).isZero();
        assertThat(state.asked).isEqualTo(5_000); // what is known of the document itself
    }

    @Test
    void forgettingCostsOneLookForEachForgottenDelete() throws Exception {
        Corpus corpus = corpus();
        for (int i = 0; i < 5_000; i++) {
            corpus.apply(TestEvents.update("d" + i, i, null), i * 100L);
        }
        assertThat(state.entries).hasSize(601); // of the last minute
        assertThat(state.visited).isZero();
        assertThat(state.asked).isEqualTo(5_000 + 4_399);
    }

    @Test
    void remembersNoMoreDeletesThanDocumentsOrAFixedNumber() throws Exception {
        applyManyDeletes();
        assertThat(state.entries).hasSize(Tombstones.LEAST + 1).containsKey(key("kept"));
    }

    /** One document, and ten deletes more than are remembered beside it. */
    private void applyManyDeletes() throws Exception {
        Corpus corpus = corpus();
        corpus.apply(TestEvents.update("kept", 0, "text", 1, 0), 0);
        for (int i = 0; i < Tombstones.LEAST + 10; i++) {
            corpus.apply(TestEvents.update("unknown" + i, i, null), 0);
        }
    }

    @Test
    void ofTooManyDeletesForgetsTheOldestFirst() throws Exception {
        applyManyDeletes();
        assertThat(state.entries)
                .doesNotContainKey(key("unknown9"))
                .containsKey(key("unknown10"))
                .containsKey(key("unknown" + (Tombstones.LEAST + 9)));
    }

    @Test
    void keepsADocumentThatWasWrittenAgainAfterItsDelete() throws Exception {
        Corpus corpus = corpus();
        corpus.apply(TestEvents.update("back", 1, null), 0);
        corpus.apply(TestEvents.update("back", 2, "text", 1, 0), 10);
        corpus.apply(TestEvents.update("later", 3, null), 70_000);
        assertThat(state.entries).containsOnlyKeys(key("back"), key("later"));
        assertThat(index.documents()).isEqualTo(1);
    }

    @Test
    void remembersTheYoungerOfTwoDeletesForItsOwnTime() throws Exception {
        Corpus corpus = corpus();
        corpus.apply(TestEvents.update("twice", 1, null), 0);
        corpus.apply(TestEvents.update("twice", 2, null), 30_000);
        corpus.apply(TestEvents.update("later", 3, null), 70_000);
        assertThat(state.entries).containsOnlyKeys(key("twice"), key("later"));
        corpus.apply(TestEvents.update("last", 4, null), 100_000);
        assertThat(state.entries).containsOnlyKeys(key("later"), key("last"));
    }

    @Test
    void forgetsRestoredDeletesByTheirAgeWhateverTheOrderOfTheState() throws Exception {
        List<Integer> ages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ages.add(i);
        }
        Collections.shuffle(ages, new Random(5));
        for (int age : ages) {
            state.entries.put(key("d" + age), new CorpusEntry(new Version(age, 0, age), null, null, age * 1_000L));
        }
        Corpus corpus = corpus();
        corpus.apply(TestEvents.update("now", 1_000, null), 110_000);
        assertThat(state.entries).hasSize(51).doesNotContainKey(key("d49")).containsKey(key("d50"));
    }

    @Test
    void countsDocumentsOfAllCollections() throws Exception {
        Corpus corpus = corpus();
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
        assertThat(restored().documents()).isEqualTo(1);
    }

    @Test
    void countsTermsAndPostingsOfAllCollections() throws Exception {
        try (index) {
            Corpus corpus = corpus();
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
    void forgetsTheIndexOfACollectionWithoutDocumentsAndWithItTheDimension() throws Exception {
        Corpus corpus = corpus();
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
