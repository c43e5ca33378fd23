// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static io.streamrank.operator.corpus.CorpusFixture.corpus;
import static io.streamrank.operator.corpus.CorpusFixture.index;
import static io.streamrank.operator.corpus.CorpusFixture.restored;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.event.RetrievalMode;
import io.streamrank.operator.corpus.CorpusIndexes.Attempt;
import io.streamrank.operator.corpus.CorpusIndexes.Loan;
import io.streamrank.state.Candidate;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusRecord;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.testing.TestEvents;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;

/** Several subtasks of a process, each with its share of the documents, and the index that they have in common. */
class SharedCorpusTest {
    private static final Embedding ASKED = new Embedding(new float[] {1, 0});

    private final Random random = new Random(5);
    private final CorpusIndex index = index();

    @Test
    void anyInterleavingGivesTheAnswersOfAnIndexMadeFromTheShares() {
        for (int round = 0; round < 30; round++) {
            List<CorpusUpdate> updates = updates(150);
            try (CorpusIndex shared = index()) {
                List<Corpus> corpora = applied(shared, updates, 3);
                try (CorpusIndex alone = restored(corpora)) {
                    assertThat(answers(shared)).isEqualTo(answers(alone));
                    assertThat(shared.documents()).isEqualTo(alone.documents());
                }
            }
        }
    }

    @Test
    void aShareHoldsTheObjectsOfTheIndex() {
        Corpus ahead = corpus(index, 0, 2);
        Corpus behind = corpus(index, 1, 2);
        CorpusUpdate update = TestEvents.update("a", 1, "ship", 1, 0);
        CorpusEntry entry = index.offer(update.key(), update.appliedAt(0));
        for (Corpus each : List.of(ahead, behind)) {
            each.apply(TestEvents.update("a", 1, "ship", 1, 0), 0);
        }
        assertThat(Stream.of(ahead, behind)
                        .flatMap(each -> each.chunks().stream())
                        .flatMap(List::stream))
                .singleElement()
                .extracting(CorpusRecord::entry)
                .isSameAs(entry);
    }

    @Test
    void aSubtaskThatLagsBehindDoesNotBringADocumentBack() {
        Corpus ahead = corpus(index, 0, 2);
        Corpus behind = corpus(index, 1, 2);
        for (int i = 0; i < 20; i++) { // of either share
            ahead.apply(TestEvents.update("a" + i, 1, "old", 1, 0), 0);
            ahead.apply(TestEvents.update("a" + i, 2, null), 0);
            behind.apply(TestEvents.update("a" + i, 1, "old", 1, 0), 0);
        }
        assertThat(index.documents()).isZero();
        try (CorpusIndex restored = restored(List.of(ahead, behind))) {
            assertThat(restored.documents()).isZero();
        }
        behind.apply(TestEvents.update("a0", 2, null), 0);
        behind.apply(TestEvents.update("a0", 3, "new", 1, 0), 0);
        ahead.apply(TestEvents.update("a0", 3, "new", 1, 0), 0);
        assertThat(index.documents()).isEqualTo(1);
    }

    @Test
    void searchesWhileOthersChangeTheCorpus() throws Exception {
        List<CorpusUpdate> updates = updates(3_000);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Corpus>> changed = new ArrayList<>();
            List<Future<?>> searched = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Corpus corpus = corpus(index, i, 2);
                changed.add(threads.submit(
                        () -> {
                            updates.forEach(update -> corpus.apply(update, 0));
                        },
                        corpus));
                searched.add(threads.submit(() -> {
                    for (int j = 0; j < 500; j++) {
                        List<List<Candidate>> unused = answers(index);
                    }
                }));
            }
            for (Future<?> search : searched) {
                search.get();
            }
            List<Corpus> corpora = new ArrayList<>();
            for (Future<Corpus> corpus : changed) {
                corpora.add(corpus.get());
            }
            try (CorpusIndex alone = restored(corpora)) {
                assertThat(answers(index)).isEqualTo(answers(alone));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void subtasksOfAnAttemptBorrowTheSameIndexUntilTheLastGivesItBack() {
        JobID job = new JobID();
        int before = CorpusIndexes.size();
        Loan first = borrowed(job, 0);
        Loan second = borrowed(job, 0);
        Loan next = borrowed(job, 1);
        Loan other = borrowed(new JobID(), 0);
        assertThat(second.index()).isSameAs(first.index());
        assertThat(next.index()).isNotSameAs(first.index());
        assertThat(other.index()).isNotSameAs(first.index());
        first.close();
        first.close();
        Loan third = borrowed(job, 0);
        assertThat(third.index()).isSameAs(second.index());
        List.of(second, third, next, other).forEach(Loan::close);
        assertThat(CorpusIndexes.size()).isEqualTo(before);
        Loan again = borrowed(job, 0);
        assertThat(again.index()).isNotSameAs(first.index());
        again.close();
    }

    private static Loan borrowed(JobID job, int attempt) {
        return CorpusIndexes.borrow(new Attempt(job, attempt), CorpusFixture::index);
    }

    /** Each subtask gets all updates in an order of its own, and they take turns at random. */
    private List<Corpus> applied(CorpusIndex shared, List<CorpusUpdate> updates, int subtasks) {
        List<Corpus> corpora = new ArrayList<>();
        List<List<CorpusUpdate>> left = new ArrayList<>();
        for (int i = 0; i < subtasks; i++) {
            corpora.add(corpus(shared, i, subtasks));
            List<CorpusUpdate> order = new ArrayList<>(updates);
            Collections.shuffle(order, random);
            left.add(order);
        }
        for (int i = 0; i < subtasks * updates.size(); i++) {
            int turn = random.nextInt(subtasks);
            while (left.get(turn).isEmpty()) {
                turn = (turn + 1) % subtasks;
            }
            corpora.get(turn).apply(left.get(turn).remove(0), 0);
        }
        return corpora;
    }

    private List<CorpusUpdate> updates(int count) {
        List<CorpusUpdate> updates = new ArrayList<>();
        for (long offset = 0; offset < count; offset++) {
            String id = "d" + random.nextInt(30);
            double angle = random.nextInt(16) * Math.PI / 8;
            updates.add(
                    random.nextInt(4) == 0
                            ? TestEvents.update(id, offset, null)
                            : TestEvents.update(id, offset, "ship " + offset % 7, (float) Math.cos(angle), (float)
                                    Math.sin(angle)));
        }
        return updates;
    }

    private static List<List<Candidate>> answers(CorpusIndex index) {
        List<List<Candidate>> answers = new ArrayList<>();
        for (RetrievalMode mode : RetrievalMode.values()) {
            Query query = TestEvents.retrieved(TestEvents.query("ship 3", 10, null, 0), mode);
            answers.add(index.search(query, ASKED, null).candidates());
        }
        return answers;
    }
}
