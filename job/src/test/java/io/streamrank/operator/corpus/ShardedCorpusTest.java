// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Field;
import io.streamrank.event.Origin;
import io.streamrank.event.Query;
import io.streamrank.event.RetrievalMode;
import io.streamrank.event.Version;
import io.streamrank.operator.document.TrackCorpusLoading;
import io.streamrank.retrieval.sparse.Bm25;
import io.streamrank.retrieval.sparse.TextLanguage;
import io.streamrank.state.Candidate;
import io.streamrank.state.Candidates;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.ShardAnswer;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.TestEvents;
import io.streamrank.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds a corpus in shards to the answers of one that is whole, and through a restore with another number of shards. */
class ShardedCorpusTest {
    private static final int MAX_PARALLELISM = 128;
    private static final TypeInformation<DocumentKey> KEY = TypeInformation.of(DocumentKey.class);
    private static final TextTemplate TEXT = TextTemplate.defaults();
    private static final Duration RETENTION = Duration.ofMinutes(1);

    /** The offset of a query that has no vector, so that it is answered from its words. */
    private static final long NOT_EMBEDDED = 10;

    private final Random random = new Random(7);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8})
    void shardsGiveTheAnswersOfOneCorpus(int shards) throws Exception {
        for (int round = 0; round < 10; round++) {
            List<CorpusUpdate> history = history(200);
            List<Query> queries = queries();
            Collections.shuffle(history, random);

            assertThat(fromShards(shards, history, queries)).isEqualTo(fromOne(history, queries));
        }
    }

    /** Few texts, few directions and few words, so that there are copies, equal scores and collections of other shards. */
    private List<CorpusUpdate> history(int size) {
        List<CorpusUpdate> updates = new ArrayList<>();
        for (int offset = 0; offset < size; offset++) {
            DocumentKey key = new DocumentKey(random.nextInt(10) == 0 ? "other" : "default", "d" + random.nextInt(60));
            Version version = new Version(1_000 + offset, 0, offset);
            if (random.nextInt(5) == 0) {
                updates.add(CorpusUpdate.of(key, version, null, null));
            } else {
                String text =
                        "t" + random.nextInt(40) + " q".repeat(random.nextInt(3)) + " r".repeat(random.nextInt(2));
                double angle = random.nextInt(16) * Math.PI / 8;
                updates.add(CorpusUpdate.of(
                        key,
                        version,
                        new Document(
                                key.id(),
                                key.collection(),
                                List.of(new Field("text", text)),
                                """
                                {"length":%d}""".formatted(text.indexOf(' ') < 0 ? text.length() : text.indexOf(' ')),
                                null),
                        new Embedding(new float[] {(float) Math.cos(angle), (float) Math.sin(angle)})));
            }
        }
        return updates;
    }

    private static List<Query> queries() {
        return List.of(
                query(0, 10, "default", null),
                query(1, 100, "default", null),
                query(2, 5, "default", """
                        {"length":{"gt":2}}"""),
                query(3, 5, "default", """
                        {"lenght":{"gt":2}}"""),
                query(4, 3, "other", null),
                query(5, 3, "none", null),
                TestEvents.retrieved(query(6, 100, "default", null), RetrievalMode.SPARSE),
                TestEvents.retrieved(query(7, 100, "default", null), RetrievalMode.HYBRID),
                TestEvents.retrieved(query(8, 50, "other", null), RetrievalMode.HYBRID),
                TestEvents.retrieved(query(9, 3, "none", null), RetrievalMode.SPARSE),
                query(NOT_EMBEDDED, 100, "default", null));
    }

    private static Query query(long offset, int candidates, String collection, String filter) {
        Origin origin = new Origin("queries", 0, offset, 1, 1, null, List.of());
        return new Query(
                origin, "q", "q t3 t5 r", collection, candidates, 10, List.of(), null, false, true, filter, 0, null);
    }

    private static EmbeddedQuery embedded(Query query) {
        return query.origin().offset() == NOT_EMBEDDED
                ? new EmbeddedQuery(query, null, DegradedReason.MODEL_ERROR, 1)
                : new EmbeddedQuery(query, new Embedding(new float[] {1, 0}), null, 1);
    }

    /** Holds what must be the same: the copies that are left out are counted by each shard for itself. */
    private record Answer(String id, List<Candidate> candidates, List<String> missingNames, String missingCollection) {
        static Answer of(Candidates from) {
            return new Answer(
                    from.query().id(),
                    from.candidates(),
                    from.remarks().missingFilterFields(),
                    from.remarks().missingCollection());
        }
    }

    private static List<Answer> fromOne(List<CorpusUpdate> history, List<Query> queries) throws Exception {
        try (var harness = new TwoInputStreamOperatorTestHarness<>(
                new RetrieveCandidates(TestModels.models(), config(CorpusPlacement.BROADCAST), TEXT))) {
            harness.open();
            for (CorpusUpdate update : history) {
                harness.processElement2(update, 0);
            }
            harness.processWatermark2(TrackCorpusLoading.LOADED);
            for (Query query : queries) {
                harness.processElement1(embedded(query), 0);
            }
            return harness.extractOutputValues().stream().map(Answer::of).toList();
        }
    }

    private static List<Answer> fromShards(int shards, List<CorpusUpdate> history, List<Query> queries)
            throws Exception {
        try (Shards corpus = new Shards(shards, null)) {
            corpus.apply(history);
            corpus.loaded();
            return corpus.ask(queries).stream().map(Answer::of).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void theNumberOfShardsMayChangeAtARestore(int after) throws Exception {
        List<CorpusUpdate> history = history(200);
        List<Query> queries = queries();
        OperatorSubtaskState state;
        try (Shards before = new Shards(3, null)) {
            before.apply(history.subList(0, 150));
            before.offer(queries); // they wait, as the corpus is not loaded
            assertThat(before.found()).isEmpty();
            state = before.snapshot();
        }
        try (Shards restored = new Shards(after, state)) {
            restored.apply(history.subList(150, 200));
            restored.loaded();

            assertThat(restored.merge(queries).stream().map(Answer::of).toList())
                    .isEqualTo(fromOne(history, queries));
        }
    }

    @Test
    void aDeleteIsForgottenAfterItsRetentionAndNotBefore() throws Exception {
        try (Shards corpus = new Shards(2, null)) {
            corpus.apply(List.of(TestEvents.update("a", 5, null)));
            corpus.apply(List.of(TestEvents.update("a", 4, "late", 1, 0)));
            corpus.loaded();
            assertThat(corpus.ask(List.of(query(0, 5, "default", null))).get(0).candidates())
                    .isEmpty();
            corpus.advance(RETENTION.toMillis() + 1);
            assertThat(corpus.keyedStateEntries()).isZero();

            corpus.apply(List.of(TestEvents.update("a", 4, "much too late", 1, 0)));
            assertThat(corpus.ask(List.of(query(1, 5, "default", null))).get(0).candidates())
                    .hasSize(1);
        }
    }

    @Test
    void aRestoreStartsTheRetentionOfDeletesAnew() throws Exception {
        OperatorSubtaskState state;
        try (Shards corpus = new Shards(3, null)) {
            corpus.apply(List.of(TestEvents.update("a", 5, null)));
            state = corpus.snapshot();
        }
        try (Shards restored = new Shards(3, state)) {
            restored.advance(RETENTION.toMillis() - 1);
            restored.apply(List.of(TestEvents.update("a", 4, "late", 1, 0)));
            assertThat(restored.keyedStateEntries()).isEqualTo(1);
        }
        try (Shards later = new Shards(1, state, 10 * RETENTION.toMillis())) {
            later.advance(11 * RETENTION.toMillis() - 1);
            later.apply(List.of(TestEvents.update("a", 4, "late", 1, 0)));
            later.loaded();
            assertThat(later.ask(List.of(query(0, 5, "default", null))).get(0).candidates())
                    .isEmpty();
            later.advance(11 * RETENTION.toMillis());
            assertThat(later.keyedStateEntries()).isZero();
        }
    }

    private static CorpusConfig config(CorpusPlacement placement) {
        return new CorpusConfig(
                placement,
                Duration.ofSeconds(2),
                TEXT,
                new SparseConfig(true, TEXT, TextLanguage.ENGLISH, Bm25.DEFAULTS),
                1_000,
                true,
                Duration.ofMinutes(1),
                100,
                RETENTION);
    }

    /** Runs shards and what merges their answers, one after the other. */
    private static final class Shards implements AutoCloseable {
        private final List<
                        KeyedTwoInputStreamOperatorTestHarness<DocumentKey, EmbeddedQuery, CorpusUpdate, ShardAnswer>>
                shards = new ArrayList<>();
        private final KeyedTwoInputStreamOperatorTestHarness<
                        Tuple3<String, Integer, Long>, EmbeddedQuery, ShardAnswer, Candidates>
                merge;

        Shards(int count, OperatorSubtaskState restored) throws Exception {
            this(count, restored, 0);
        }

        Shards(int count, OperatorSubtaskState restored, long nowMs) throws Exception {
            for (int i = 0; i < count; i++) {
                var shard = new KeyedTwoInputStreamOperatorTestHarness<>(
                        new SearchShard(TestModels.models(), config(CorpusPlacement.SHARDED), TEXT),
                        null,
                        CorpusUpdate::key,
                        KEY,
                        MAX_PARALLELISM,
                        count,
                        i);
                shard.setProcessingTime(nowMs);
                if (restored != null) {
                    shard.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            restored, MAX_PARALLELISM, 3, count, i));
                }
                shard.open();
                shards.add(shard);
            }
            merge = MergeShardsTest.harness(TEXT);
        }

        void apply(List<CorpusUpdate> updates) throws Exception {
            for (CorpusUpdate update : updates) {
                shards.get(KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                update.key(), MAX_PARALLELISM, shards.size()))
                        .processElement2(update, 0);
            }
        }

        void loaded() throws Exception {
            for (var shard : shards) {
                shard.processWatermark2(TrackCorpusLoading.LOADED);
            }
        }

        void offer(List<Query> queries) throws Exception {
            for (var shard : shards) {
                for (Query query : queries) {
                    shard.processElement1(embedded(query), 0);
                }
            }
        }

        List<Candidates> ask(List<Query> queries) throws Exception {
            offer(queries);
            return merge(queries);
        }

        List<ShardAnswer> found() {
            return shards.stream()
                    .flatMap(shard -> shard.extractOutputValues().stream())
                    .toList();
        }

        List<Candidates> merge(List<Query> queries) throws Exception {
            int before = merge.extractOutputValues().size();
            for (Query query : queries) {
                merge.processElement1(embedded(query), 0);
            }
            for (var shard : shards) {
                for (ShardAnswer answer : shard.extractOutputValues()) {
                    merge.processElement2(answer, 0);
                }
                shard.getOutput().clear();
            }
            List<Candidates> all = merge.extractOutputValues();
            List<Candidates> made = new ArrayList<>(all.subList(before, all.size()));
            made.sort((one, other) -> Long.compare(
                    one.query().origin().offset(), other.query().origin().offset()));
            return made;
        }

        void advance(long toMs) throws Exception {
            for (var shard : shards) {
                shard.setProcessingTime(toMs);
            }
        }

        int keyedStateEntries() {
            return shards.stream()
                    .mapToInt(shard -> shard.numKeyedStateEntries())
                    .sum();
        }

        OperatorSubtaskState snapshot() throws Exception {
            OperatorSubtaskState[] states = new OperatorSubtaskState[shards.size()];
            for (int i = 0; i < states.length; i++) {
                states[i] = shards.get(i).snapshot(1, 1);
            }
            return AbstractStreamOperatorTestHarness.repackageState(states);
        }

        @Override
        public void close() throws Exception {
            for (var shard : shards) {
                shard.close();
            }
            merge.close();
        }
    }
}
