// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Query;
import io.streamrank.event.RetrievalMode;
import io.streamrank.operator.corpus.CorpusIndexes.Attempt;
import io.streamrank.operator.corpus.CorpusIndexes.Loan;
import io.streamrank.state.Candidate;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.testing.CountingState;
import io.streamrank.testing.TestEvents;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;

/** Several subtasks of a process, each with its state, and the index that they share. */
class SharedCorpusTest {
    private static final long RETENTION_MS = 60_000;
    private static final Embedding ASKED = new Embedding(new float[] {1, 0});

    private final Random random = new Random(5);
    private final CorpusIndex index = new CorpusIndex(SparseConfig.defaults(), null);

    @Test
    void anyInterleavingGivesTheAnswersOfAnIndexMadeFromAnyOfTheStates() throws Exception {
        for (int round = 0; round < 30; round++) {
            List<CorpusUpdate> updates = updates(150);
            try (CorpusIndex shared = new CorpusIndex(SparseConfig.defaults(), null)) {
                List<CountingState> states = applied(shared, updates, 3);
                for (CountingState state : states) {
                    try (CorpusIndex alone = new CorpusIndex(SparseConfig.defaults(), null)) {
                        Corpus unused = new Corpus(state, RETENTION_MS, alone);
                        assertThat(answers(shared)).isEqualTo(answers(alone));
                        assertThat(shared.documents()).isEqualTo(alone.documents());
                    }
                    assertThat(state.entries).isEqualTo(states.get(0).entries);
                }
            }
        }
    }

    @Test
    void theStatesHoldTheSameObjects() throws Exception {
        List<CountingState> states = applied(index, updates(100), 2);
        states.get(0)
                .entries
                .forEach((key, entry) ->
                        assertThat(states.get(1).entries.get(key)).isSameAs(entry));
    }

    @Test
    void aRestoreOfSeveralStatesSharesWhatTheyHave() throws Exception {
        CountingState one = new CountingState();
        CountingState other = new CountingState();
        for (CountingState state : List.of(one, other)) {
            try (CorpusIndex before = new CorpusIndex(SparseConfig.defaults(), null)) {
                Corpus corpus = new Corpus(state, RETENTION_MS, before);
                corpus.apply(TestEvents.update("a", 1, "ship", 1, 0), 0);
                corpus.apply(TestEvents.update("gone", 2, null), 0);
            }
        }
        DocumentKey key = new DocumentKey(TestEvents.COLLECTION, "a");
        assertThat(other.entries.get(key)).isNotSameAs(one.entries.get(key));
        for (CountingState state : List.of(one, other)) {
            Corpus unused = new Corpus(state, RETENTION_MS, index);
        }
        assertThat(other.entries.get(key)).isSameAs(one.entries.get(key));
        assertThat(index.documents()).isEqualTo(1);
    }

    @Test
    void aSubtaskThatLagsBehindDoesNotBringADocumentBack() throws Exception {
        Corpus ahead = new Corpus(new CountingState(), RETENTION_MS, index);
        CountingState state = new CountingState();
        Corpus behind = new Corpus(state, RETENTION_MS, index);
        ahead.apply(TestEvents.update("a", 1, "old", 1, 0), 0);
        ahead.apply(TestEvents.update("a", 2, null), 0);
        behind.apply(TestEvents.update("a", 1, "old", 1, 0), 0);
        assertThat(index.documents()).isZero();
        assertThat(state.entries.values()).allMatch(CorpusEntry::isTombstone);
        behind.apply(TestEvents.update("a", 2, null), 0);
        behind.apply(TestEvents.update("a", 3, "new", 1, 0), 0);
        ahead.apply(TestEvents.update("a", 3, "new", 1, 0), 0);
        assertThat(index.documents()).isEqualTo(1);
    }

    @Test
    void searchesWhileOthersChangeTheCorpus() throws Exception {
        List<CorpusUpdate> updates = updates(3_000);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<CountingState>> changed = new ArrayList<>();
            List<Future<?>> searched = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                changed.add(threads.submit((Callable<CountingState>) () -> {
                    CountingState state = new CountingState();
                    Corpus corpus = new Corpus(state, RETENTION_MS, index);
                    for (CorpusUpdate update : updates) {
                        corpus.apply(update, 0);
                    }
                    return state;
                }));
                searched.add(threads.submit(() -> {
                    for (int j = 0; j < 500; j++) {
                        List<List<Candidate>> unused = answers(index);
                    }
                }));
            }
            for (Future<?> search : searched) {
                search.get();
            }
            try (CorpusIndex alone = new CorpusIndex(SparseConfig.defaults(), null)) {
                Corpus unused = new Corpus(changed.get(0).get(), RETENTION_MS, alone);
                assertThat(changed.get(1).get().entries)
                        .isEqualTo(changed.get(0).get().entries);
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
        return CorpusIndexes.borrow(new Attempt(job, attempt), () -> new CorpusIndex(SparseConfig.defaults(), null));
    }

    /** Each subtask gets all updates in an order of its own, and they take turns at random. */
    private List<CountingState> applied(CorpusIndex shared, List<CorpusUpdate> updates, int subtasks) throws Exception {
        List<CountingState> states = new ArrayList<>();
        List<Corpus> corpora = new ArrayList<>();
        List<List<CorpusUpdate>> left = new ArrayList<>();
        for (int i = 0; i < subtasks; i++) {
            states.add(new CountingState());
            corpora.add(new Corpus(states.get(i), RETENTION_MS, shared));
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
        return states;
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
