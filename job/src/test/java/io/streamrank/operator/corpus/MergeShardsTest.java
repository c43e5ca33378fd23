// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Embedding;
import io.streamrank.event.Origin;
import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import io.streamrank.event.Remarks.Coverage;
import io.streamrank.event.Retrieval;
import io.streamrank.state.Candidate;
import io.streamrank.state.Candidates;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.ShardAnswer;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.TestEvents;
import java.util.List;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MergeShardsTest {
    private static final long TIMEOUT_MS =
            CorpusConfig.defaults().shardTimeout().toMillis();

    private KeyedTwoInputStreamOperatorTestHarness<
                    Tuple3<String, Integer, Long>, EmbeddedQuery, ShardAnswer, Candidates>
            harness;

    @BeforeEach
    void open() throws Exception {
        harness = harness(null);
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    static KeyedTwoInputStreamOperatorTestHarness<Tuple3<String, Integer, Long>, EmbeddedQuery, ShardAnswer, Candidates>
            harness(TextTemplate distinctText) throws Exception {
        var made = unopened(distinctText);
        made.open();
        return made;
    }

    private static KeyedTwoInputStreamOperatorTestHarness<
                    Tuple3<String, Integer, Long>, EmbeddedQuery, ShardAnswer, Candidates>
            unopened(TextTemplate distinctText) throws Exception {
        return new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(new MergeShards(CorpusConfig.defaults(), distinctText)),
                query -> MergeShards.place(query.query().origin()),
                answer -> MergeShards.place(answer.origin()),
                MergeShards.PLACE);
    }

    @Test
    void waitsForAllShardsAndKeepsNothing() throws Exception {
        ask(1, 0);
        answer(1, 0, 2, found("a", 0.9), found("b", 0.1));
        assertThat(answers()).isEmpty();
        answer(1, 1, 2, found("c", 0.5));

        assertThat(answers()).singleElement().satisfies(answer -> {
            assertThat(answer.degradedReason()).isNull();
            assertThat(answer.candidates())
                    .extracting(candidate -> candidate.document().id())
                    .containsExactly("a", "c"); // as many as were asked for
            assertThat(answer.candidates())
                    .extracting(Candidate::retrieval)
                    .containsExactly(new Retrieval(0, 0.9), new Retrieval(1, 0.5));
        });
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numProcessingTimeTimers()).isZero();
    }

    @Test
    void theAnswersMayBeThereBeforeTheQuery() throws Exception {
        answer(1, 0, 2, found("a", 0.9));
        answer(1, 1, 2, found("c", 0.5));
        ask(1, 0);

        assertThat(ids()).containsExactly(List.of("a", "c"));
    }

    @Test
    void afterAStartItWaitsForAShardThatHasNotAnsweredYet() throws Exception {
        ask(1, 0);
        answer(1, 1, 3, found("c", 0.5));
        answer(1, 0, 3, found("a", 0.9));
        harness.setProcessingTime(10 * TIMEOUT_MS);
        assertThat(answers()).isEmpty();
        ask(2, 0);
        answer(1, 2, 3, found("b", 0.7));

        assertThat(answers()).singleElement().satisfies(answer -> {
            assertThat(answer.degradedReason()).isNull();
            assertThat(answer.retrieveMs()).isEqualTo(7); // the wait for the corpus does not count
        });
        answer(2, 2, 3, found("b", 0.7));
        harness.setProcessingTime(11 * TIMEOUT_MS);
        assertThat(answers()).hasSize(2);
        assertThat(answers().get(1).remarks().coverage()).isEqualTo(new Coverage(1, 3));
    }

    @Test
    void answersWithoutAShardThatIsLateAndDoesNotAnswerAgainWhenItComes() throws Exception {
        begin(3);
        ask(1, 0);
        answer(1, 1, 3, found("c", 0.5));
        harness.setProcessingTime(TIMEOUT_MS - 1);
        assertThat(answers()).hasSize(1);
        answer(1, 0, 3, found("a", 0.9));
        harness.setProcessingTime(TIMEOUT_MS);

        assertThat(answers()).hasSize(2).last().satisfies(answer -> {
            assertThat(answer.degradedReason()).isEqualTo(DegradedReason.TIMEOUT);
            assertThat(answer.remarks().coverage()).isEqualTo(new Coverage(2, 3));
            assertThat(answer.retrieveMs()).isEqualTo(TIMEOUT_MS + 7);
        });
        assertThat(ids()).last().isEqualTo(List.of("a", "c"));
        answer(1, 2, 3, found("b", 0.7));
        assertThat(answers()).hasSize(2);
        assertThat(harness.numKeyedStateEntries()).isZero();
    }

    @Test
    void endsWithTheQuerysOwnTimeLimit() throws Exception {
        ask(1, 500);
        harness.setProcessingTime(499);
        assertThat(answers()).isEmpty();
        harness.setProcessingTime(501);

        assertThat(answers()).singleElement().satisfies(answer -> {
            assertThat(answer.candidates()).isEmpty();
            assertThat(answer.degradedReason()).isEqualTo(DegradedReason.TIMEOUT);
        });
    }

    @Test
    void tellsWhyAShardDidNotSearch() throws Exception {
        ask(1, 0);
        answer(1, 0, 2, found("a", 0.9));
        harness.processElement2(
                new ShardAnswer(origin(1), 1, 2, List.of(), null, Remarks.NONE, DegradedReason.OVERLOAD, 0), 0);

        assertThat(answers()).singleElement().satisfies(answer -> {
            assertThat(answer.degradedReason()).isEqualTo(DegradedReason.OVERLOAD);
            assertThat(answer.remarks().coverage()).isEqualTo(new Coverage(1, 2));
        });
    }

    /** With delivery at least once, shards and queries may be heard twice after a failure. */
    @Test
    void countsEachShardOnce() throws Exception {
        ask(1, 0);
        answer(1, 0, 2, found("a", 0.9));
        answer(1, 0, 2, found("a", 0.9));
        assertThat(answers()).isEmpty();
        answer(1, 1, 2, found("c", 0.5));

        assertThat(ids()).containsExactly(List.of("a", "c"));
    }

    @Test
    void answersOfAnotherNumberOfShardsDoNotCount() throws Exception {
        ask(1, 0);
        answer(1, 2, 3, found("of-the-shards-before", 0.9));
        answer(1, 0, 2, found("a", 0.9));
        assertThat(answers()).isEmpty();
        answer(1, 1, 2, found("c", 0.5));

        assertThat(ids()).containsExactly(List.of("a", "c"));
        assertThat(harness.numKeyedStateEntries()).isZero();
    }

    @Test
    void ofCopiesInSeveralShardsTheBestIsThere() throws Exception {
        harness.close();
        harness = harness(TextTemplate.defaults());
        ask(1, 0);
        answer(1, 0, 2, found("a", "same", 0.2), found("b", "other", 0.1));
        answer(1, 1, 2, found("c", "same", 0.5));

        assertThat(ids()).containsExactly(List.of("c", "b"));
        assertThat(answers().get(0).remarks().duplicates()).isEqualTo(1);
    }

    @Test
    void goesOnAfterARestore() throws Exception {
        ask(1, 0);
        answer(1, 1, 2, found("c", 0.5));
        OperatorSubtaskState state = harness.snapshot(1, 1);
        harness.close();
        harness = unopened(null);
        harness.initializeState(state);
        harness.open();
        answer(1, 0, 2, found("a", 0.9));

        assertThat(ids()).containsExactly(List.of("a", "c"));
    }

    /** Lets every shard answer a first query. */
    private void begin(int shards) throws Exception {
        ask(0, 0);
        for (int shard = 0; shard < shards; shard++) {
            answer(0, shard, shards, found("first", 0.1));
        }
    }

    private void ask(long offset, long timeoutMs) throws Exception {
        Query query = new Query(
                origin(offset), "q", "q", "default", 2, 10, List.of(), null, false, true, null, timeoutMs, null);
        harness.processElement1(new EmbeddedQuery(query, new Embedding(new float[] {1, 0}), null, 1), 0);
    }

    private static Origin origin(long offset) {
        return new Origin("queries", 0, offset, 0, 0, null, List.of());
    }

    private void answer(long offset, int shard, int shards, Candidate... found) throws Exception {
        harness.processElement2(
                new ShardAnswer(origin(offset), shard, shards, List.of(found), null, Remarks.NONE, null, 7), 0);
    }

    private static Candidate found(String id, double score) {
        return found(id, "text of " + id, score);
    }

    private static Candidate found(String id, String text, double score) {
        return new Candidate(TestEvents.document(id, text), new Retrieval(0, score));
    }

    private List<Candidates> answers() {
        return harness.extractOutputValues();
    }

    private List<List<String>> ids() {
        return answers().stream()
                .map(answer -> answer.candidates().stream()
                        .map(candidate -> candidate.document().id())
                        .toList())
                .toList();
    }
}
