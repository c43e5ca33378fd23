// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Field;
import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import io.streamrank.event.Retrieval;
import io.streamrank.event.Retrieval.SparseMatch;
import io.streamrank.event.RetrievalMode;
import io.streamrank.event.Version;
import io.streamrank.inference.Models;
import io.streamrank.operator.document.TrackCorpusLoading;
import io.streamrank.retrieval.sparse.Bm25;
import io.streamrank.retrieval.sparse.TextLanguage;
import io.streamrank.state.Candidate;
import io.streamrank.state.Candidates;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusRecord;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.PackedDocument;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.TestEvents;
import io.streamrank.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.apache.flink.testutils.logging.LoggerAuditingExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

class RetrieveCandidatesTest {
    private static final CorpusConfig CONFIG = config(TextTemplate.defaults());
    private static final String LONGER_THAN_3 = """
            {"length":{"gt":3}}""";

    private static final Watermark LOADED = TrackCorpusLoading.LOADED;

    @RegisterExtension
    final LoggerAuditingExtension log = new LoggerAuditingExtension(EmbeddingCompatibility.class, Level.WARN);

    @Test
    void holdsQueriesUntilTheCorpusIsLoaded() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement1(embedded("q"), 0);
            harness.processElement2(TestEvents.update("a", 1, "text", 1, 0), 0);
            harness.processWatermark1(new Watermark(9));
            assertThat(harness.extractOutputValues()).isEmpty();
            harness.processWatermark2(LOADED);
            assertThat(ids(harness)).containsExactly(List.of("a"));
        }
    }

    @Test
    void keepsWaitingQueriesAcrossARestore() throws Exception {
        OperatorSubtaskState state;
        try (var harness = opened(null)) {
            harness.processElement1(embedded("q"), 0);
            state = harness.snapshot(1, 1);
        }
        try (var harness = opened(state)) {
            harness.processElement2(TestEvents.update("a", 1, "text", 1, 0), 0);
            harness.processWatermark2(LOADED);
            assertThat(ids(harness)).containsExactly(List.of("a"));
        }
    }

    @Test
    void keepsDocumentsAndDeletesAcrossARestore() throws Exception {
        OperatorSubtaskState state;
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("a", 1, "text", 1, 0), 0);
            harness.processElement2(TestEvents.update("gone", 2, "text", 1, 0), 0);
            harness.processElement2(TestEvents.update("gone", 3, null), 0);
            state = harness.snapshot(1, 1);
        }
        try (var harness = opened(state)) {
            harness.processElement2(TestEvents.update("gone", 2, "text", 1, 0), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded("q"), 0);
            assertThat(ids(harness)).containsExactly(List.of("a"));
        }
    }

    @Test
    void anyNumberOfSubtasksReadsTheSharesOfAnyNumber() throws Exception {
        List<OperatorSubtaskState> shares = new ArrayList<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            try (var harness = harness(2, subtask)) {
                harness.open();
                for (int i = 0; i < 50; i++) {
                    harness.processElement2(TestEvents.update("d" + i, i, "text " + i, 1, i), 0);
                }
                harness.processElement2(TestEvents.update("d7", 50, null), 0);
                shares.add(harness.snapshot(1, 1));
                assertThat(kept(harness)).isBetween(15, 35);
            }
        }
        OperatorSubtaskState state =
                AbstractStreamOperatorTestHarness.repackageState(shares.toArray(OperatorSubtaskState[]::new));
        int kept = 0;
        for (int subtask = 0; subtask < 3; subtask++) {
            try (var harness = harness(3, subtask)) {
                harness.initializeState(
                        AbstractStreamOperatorTestHarness.repartitionOperatorState(state, 128, 2, 3, subtask));
                harness.open();
                harness.processElement2(TestEvents.update("d7", 7, "late", 1, 0), 0);
                harness.processWatermark2(LOADED);
                harness.processElement1(embedded("q"), 0);
                assertThat(ids(harness).get(0)).hasSize(49).doesNotContain("d7");
                kept += kept(harness);
            }
        }
        assertThat(kept).isEqualTo(50);
    }

    @Test
    void betweenCheckpointsTheStateKeepsNoDocuments() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("a", 1, "text", 1, 0), 0);
            assertThat(kept(harness)).isEqualTo(1);
            harness.notifyOfCompletedCheckpoint(9);
            assertThat(shares(harness)).isEmpty();
            assertThat(kept(harness)).isEqualTo(1);
        }
    }

    @Test
    void readsACorpusThatEachSubtaskWroteAsAWhole() throws Exception {
        OperatorSubtaskState state;
        try (var harness = new OneInputStreamOperatorTestHarness<>(new BroadcastCorpus())) {
            harness.open();
            state = harness.snapshot(1, 1);
        }
        OperatorSubtaskState next;
        try (var harness = opened(state)) {
            next = harness.snapshot(2, 2);
            assertThat(harness.getOperator()
                            .getOperatorStateBackend()
                            .getBroadcastState(BroadcastCorpus.CORPUS)
                            .entries())
                    .isEmpty();
        }
        try (var harness = opened(next)) {
            harness.processElement2(TestEvents.update("gone", 2, "late", 1, 0), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded("q"), 0);
            assertThat(ids(harness)).containsExactly(List.of("a"));
            assertThat(kept(harness)).isEqualTo(2);
        }
    }

    /** Writes a document and a delete in the way of the first versions. */
    private static final class BroadcastCorpus extends AbstractStreamOperator<String>
            implements OneInputStreamOperator<String, String> {
        static final MapStateDescriptor<DocumentKey, CorpusEntry> CORPUS = new MapStateDescriptor<>(
                "corpus", TypeInformation.of(DocumentKey.class), TypeInformation.of(CorpusEntry.class));

        @Override
        public void initializeState(StateInitializationContext context) throws Exception {
            super.initializeState(context);
            BroadcastState<DocumentKey, CorpusEntry> corpus =
                    context.getOperatorStateStore().getBroadcastState(CORPUS);
            CorpusUpdate document = TestEvents.update("a", 1, "text", 1, 0);
            CorpusUpdate delete = TestEvents.update("gone", 3, null);
            corpus.put(document.key(), document.appliedAt(0));
            corpus.put(delete.key(), delete.appliedAt(0));
        }

        @Override
        public void processElement(StreamRecord<String> element) {}
    }

    @Test
    void sameUpdatesInAnyOrderGiveTheSameAnswers() throws Exception {
        List<CorpusUpdate> updates = new ArrayList<>();
        Random random = new Random(3);
        long[] latestMs = new long[3];
        for (long offset = 0; offset < 200; offset++) {
            String id = "d" + random.nextInt(30);
            double angle = random.nextInt(16) * Math.PI / 8;
            CorpusUpdate update = random.nextInt(4) == 0
                    ? TestEvents.update(id, offset, null)
                    : TestEvents.update(id, offset, "v" + offset, (float) Math.cos(angle), (float) Math.sin(angle));
            // A topic that got more partitions: the same document is in several, written by clocks that differ.
            int partition = random.nextInt(3);
            Version version = new Version(random.nextInt(100), partition, offset).notBefore(latestMs[partition]);
            latestMs[partition] = version.timestampMs();
            updates.add(new CorpusUpdate(update.key(), version, update.document(), update.vector()));
        }
        List<List<String>> expected = answersAfter(updates);
        for (int round = 0; round < 20; round++) {
            Collections.shuffle(updates, random);
            assertThat(answersAfter(updates)).isEqualTo(expected);
        }
    }

    private static List<List<String>> answersAfter(List<CorpusUpdate> updates) throws Exception {
        try (var harness = opened(null)) {
            for (CorpusUpdate update : updates) {
                harness.processElement2(update, 0);
            }
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded("q"), 0);
            return ids(harness);
        }
    }

    @Test
    void appliesTheQuerysFilter() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("short", 1, "ab", 1, 0), 0);
            harness.processElement2(TestEvents.update("long", 2, "abcdef", 0.6f, 0.8f), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded(TestEvents.query("q", 5, LONGER_THAN_3, 0)), 0);
            assertThat(ids(harness)).containsExactly(List.of("long"));
        }
    }

    @Test
    void fillsThePlacesOfCopiesWithOtherDocuments() throws Exception {
        try (var harness = opened(null)) {
            addEightShips(harness);
            harness.processElement2(TestEvents.update("near", 10, "boat", 0.8f, 0.6f), 0);
            harness.processElement2(TestEvents.update("blank", 11, "\u00a0", 0.6f, 0.8f), 0);
            harness.processElement2(TestEvents.update("blank too", 12, "\u00a0", 0.6f, 0.8f), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded(TestEvents.query("q", 4, null, 0)), 0);
            harness.processElement1(embedded(TestEvents.query("q", 1, null, 0)), 0);

            assertThat(ids(harness)).containsExactly(List.of("copy0", "near", "blank", "blank too"), List.of("copy0"));
            assertThat(harness.extractOutputValues().get(0).candidates())
                    .extracting(candidate -> candidate.retrieval().rank())
                    .containsExactly(0, 1, 2, 3);
            assertThat(harness.extractOutputValues())
                    .extracting(answer -> answer.remarks().duplicates())
                    .containsExactly(7, 0);
        }
    }

    private static void addEightShips(
            TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness) throws Exception {
        for (int i = 0; i < 8; i++) {
            harness.processElement2(TestEvents.update("copy" + i, i, "ship", 1, 0), 0);
        }
    }

    @Test
    void comparesTheFieldsThatTheQueryRanksBy() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("a", 1, "same", 1, 0), 0);
            harness.processElement2(TestEvents.update("b", 2, "same", 0.8f, 0.6f), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded(TestEvents.rankedBy(TestEvents.query("q"), "text")), 0);
            harness.processElement1(embedded(TestEvents.rankedBy(TestEvents.query("q"), "title")), 0);

            assertThat(ids(harness)).containsExactly(List.of("a"), List.of("a", "b"));
        }
    }

    @Test
    void findsCopiesWhereTheyAreWanted() throws Exception {
        try (var harness = harness(TestModels.models(), CONFIG, null)) {
            harness.open();
            harness.processElement2(TestEvents.update("a", 1, "same", 1, 0), 0);
            harness.processElement2(TestEvents.update("b", 2, "same", 1, 0), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded("q"), 0);

            assertThat(ids(harness)).containsExactly(List.of("a", "b"));
        }
    }

    @Test
    void tellsWhichNamesOfAFilterNoDocumentHasAndThatACollectionIsEmpty() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("a", 1, "short", 1, 0), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded(TestEvents.query("q", 5, """
                                    {"not":{"lenght":1},"length":5,"text":"short","length.more":1}""", 0)), 0);
            harness.processElement2(TestEvents.update("a", 2, null), 0);
            harness.processElement1(embedded(TestEvents.query("q", 5, LONGER_THAN_3, 0)), 0);

            assertThat(harness.extractOutputValues())
                    .extracting(Candidates::remarks)
                    .containsExactly(
                            Remarks.ofSearch(0, List.of("lenght", "length.more")),
                            Remarks.ofMissingCollection(TestEvents.COLLECTION));
        }
    }

    @Test
    void answersAQueryThatCouldNotBeEmbeddedFromItsWords() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("words", 1, "a ship", 0, 1), 0);
            harness.processElement2(TestEvents.update("near", 2, "a tree", 1, 0), 0);
            harness.processWatermark2(LOADED);
            harness.processElement1(
                    new EmbeddedQuery(TestEvents.query("ships"), null, DegradedReason.MODEL_ERROR, 3), 0);

            Candidates candidates = harness.extractOutputValues().get(0);
            assertThat(ids(harness)).containsExactly(List.of("words"));
            Retrieval retrieval = candidates.candidates().get(0).retrieval();
            assertThat(retrieval.rank()).isZero();
            assertThat(retrieval.score()).isNull();
            assertThat(retrieval.sparse().score()).isPositive();
            assertThat(candidates.degradedReason()).isEqualTo(DegradedReason.MODEL_ERROR);
        }
    }

    @Test
    void eachQueryChoosesHowItsCandidatesAreFound() throws Exception {
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("both", 1, "ship", 0.8f, 0.6f), 0);
            harness.processElement2(TestEvents.update("near", 2, "tree", 1, 0), 0);
            harness.processElement2(TestEvents.update("words", 3, "a ship, a ship", 0, 1), 0);
            harness.processElement2(TestEvents.update("neither", 4, "harbour", 0, 1), 0);
            harness.processWatermark2(LOADED);
            for (RetrievalMode mode : RetrievalMode.values()) {
                harness.processElement1(embedded(TestEvents.retrieved(TestEvents.query("ship", 2, null, 0), mode)), 0);
            }

            assertThat(ids(harness))
                    .containsExactly(List.of("near", "both"), List.of("words", "both"), List.of("both", "near"));
            List<List<Retrieval>> found = harness.extractOutputValues().stream()
                    .map(answer -> answer.candidates().stream()
                            .map(Candidate::retrieval)
                            .toList())
                    .toList();
            assertThat(found.get(0)).containsExactly(new Retrieval(0, 1), new Retrieval(1, 0.8f));
            double most = found.get(1).get(0).sparse().score();
            double less = found.get(1).get(1).sparse().score();
            assertThat(found.get(1))
                    .containsExactly(
                            new Retrieval(0, 0.0, null, new SparseMatch(0, most)),
                            new Retrieval(1, (double) 0.8f, null, new SparseMatch(1, less)));
            assertThat(found.get(2))
                    .containsExactly(
                            new Retrieval(0, (double) 0.8f, 1, new SparseMatch(1, less)),
                            new Retrieval(1, 1.0, 0, null));
        }
    }

    @Test
    void bothListsThatAreFusedHoldTheFilterAndCountEachCopyOnce() throws Exception {
        try (var harness = opened(null)) {
            addEightShips(harness);
            harness.processElement2(TestEvents.update("boat", 10, "boat ship", 0.8f, 0.6f), 0);
            harness.processElement2(TestEvents.update("out", 11, "ship sea sea ship", 1, 0), 0);
            harness.processWatermark2(LOADED);
            Query query = TestEvents.query("ship", 5, """
                    {"length":{"lt":10},"lenght":1}""", 0);
            String filter = """
                    {"length":{"lt":10}}""";
            harness.processElement1(
                    embedded(TestEvents.retrieved(TestEvents.query("ship", 5, filter, 0), RetrievalMode.HYBRID)), 0);
            harness.processElement1(embedded(TestEvents.retrieved(query, RetrievalMode.SPARSE)), 0);

            assertThat(ids(harness)).containsExactly(List.of("copy0", "boat"), List.of());
            assertThat(harness.extractOutputValues())
                    .extracting(Candidates::remarks)
                    .containsExactly(Remarks.ofSearch(7, List.of()), Remarks.ofSearch(0, List.of("lenght")));
        }
    }

    @Test
    void ofEqualDocumentsThatTheListsChoseDifferentlyTheFusedListHasOne() throws Exception {
        TextTemplate body = new TextTemplate(List.of("body"), false, 8_192);
        CorpusConfig config = new CorpusConfig(
                CorpusPlacement.BROADCAST,
                Duration.ofSeconds(2),
                TextTemplate.defaults(),
                new SparseConfig(true, body, TextLanguage.ENGLISH, Bm25.DEFAULTS),
                1_000,
                false,
                Duration.ofMinutes(1),
                3,
                Duration.ofMinutes(1));
        TextTemplate title = new TextTemplate(List.of("title"), false, 8_192);
        try (var harness = harness(TestModels.models(), config, title)) {
            harness.open();
            harness.processElement2(titled("near", 1, "same", "tree", 1, 0), 0);
            harness.processElement2(titled("words", 2, "same", "ship", 0, 1), 0);
            harness.processElement2(titled("other", 3, "other", "sea", 0.6f, 0.8f), 0);
            harness.processElement1(
                    embedded(TestEvents.retrieved(TestEvents.query("ship", 5, null, 0), RetrievalMode.HYBRID)), 0);

            assertThat(ids(harness)).containsExactly(List.of("near", "other"));
            assertThat(harness.extractOutputValues().get(0).remarks().duplicates())
                    .isEqualTo(1);
        }
    }

    private static CorpusUpdate titled(String id, long offset, String title, String body, float... vector) {
        CorpusUpdate update = TestEvents.update(id, offset, body, vector);
        Document document = new Document(
                id, TestEvents.COLLECTION, List.of(new Field("title", title), new Field("body", body)), null, null);
        return new CorpusUpdate(update.key(), update.version(), PackedDocument.of(document), update.vector());
    }

    @Test
    void answersAQueryWhoseFilterIsDeeperThanTheLimitIsNow() throws Exception {
        String deep = """
                {"not":""".repeat(64 - 1) + """
                {"length":1}""" + "}".repeat(64 - 1);
        OperatorSubtaskState state;
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("a", 1, "x", 1, 0), 0);
            harness.processElement1(embedded(TestEvents.query("q", 5, deep, 0)), 0);
            state = harness.snapshot(1, 1);
        }
        try (var harness = opened(state)) {
            harness.processWatermark2(LOADED);
            assertThat(ids(harness)).containsExactly(List.of());
        }
    }

    @Test
    void storesOneEntryADocument() throws Exception {
        try (var harness = opened(null)) {
            for (int i = 0; i < 1_000; i++) {
                harness.processElement2(TestEvents.update("d" + i, i, "text", 1, 0), 0);
                harness.processElement2(TestEvents.update("d" + i, 2_000 + i, null), 0);
            }
            assertThat(kept(harness)).isEqualTo(1_000);
        }
    }

    @Test
    void forgetsOldTombstones() throws Exception {
        try (var harness = opened(null)) {
            harness.setProcessingTime(0);
            for (int i = 0; i < 1_000; i++) {
                harness.processElement2(TestEvents.update("d" + i, i, null), 0);
            }
            harness.setProcessingTime(Duration.ofMinutes(2).toMillis());
            harness.processElement2(TestEvents.update("last", 9_000, null), 0);
            assertThat(kept(harness)).isEqualTo(1);
        }
    }

    @Test
    void opensNoModel() throws Exception {
        try (var harness = harness(TestModels.withEmbedderFingerprint("of files"), CONFIG)) {
            harness.open();
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded("q"), 0);
            assertThat(ids(harness)).containsExactly(List.of());
        }
    }

    @Test
    void refusesStateThatAnotherEmbedderWrote() throws Exception {
        OperatorSubtaskState state;
        try (var harness = opened(null)) {
            state = harness.snapshot(1, 1);
        }
        try (var harness = harness(TestModels.withEmbedderFingerprint("other"), CONFIG)) {
            assertThatThrownBy(() -> harness.initializeState(state))
                    .rootCause()
                    .hasMessageContaining("the state was written with another embedder")
                    .hasMessageContaining("start without state so that the documents are embedded again");
        }
    }

    @Test
    void refusesVectorsThatDocumentsBroughtIfThereIsAnEmbedderOrAnotherDimension() throws Exception {
        OperatorSubtaskState state;
        try (var harness = harness(TestModels.withoutEmbedder(2), CONFIG)) {
            harness.open();
            state = harness.snapshot(1, 1);
        }
        for (Models other : List.of(TestModels.models(), TestModels.withoutEmbedder(3))) {
            try (var harness = harness(other, CONFIG)) {
                assertThatThrownBy(() -> harness.initializeState(state))
                        .rootCause()
                        .hasMessageStartingWith(
                                "the state was written with another embedder (none, vectors of 2 numbers)"
                                        + " than the configured one (");
            }
        }
        try (var harness = harness(TestModels.withoutEmbedder(2), CONFIG)) {
            harness.initializeState(state);
            harness.open();
        }
    }

    @Test
    void takesStateOfOtherEmbeddedTextAndSaysWhichSettingWasOther() throws Exception {
        OperatorSubtaskState state;
        try (var harness = opened(null)) {
            harness.processElement2(TestEvents.update("a", 1, "text", 1, 0), 0);
            state = harness.snapshot(1, 1);
        }
        assertThat(log.getMessages()).isEmpty();
        try (var harness = opened(state)) {
            assertThat(log.getMessages()).isEmpty();
        }
        TextTemplate other = new TextTemplate(List.of("title", "body"), true, 99);
        try (var harness = harness(TestModels.models(), config(other))) {
            harness.initializeState(state);
            harness.open();
            harness.processWatermark2(LOADED);
            harness.processElement1(embedded("q"), 0);
            assertThat(ids(harness)).containsExactly(List.of("a"));
        }
        assertThat(log.getMessages())
                .containsExactly(
                        "The documents in the state were embedded with other settings: documents.embed-fields was []"
                                + " and is [title, body]; documents.text-style was plain and is labelled; documents.field-chars was"
                                + " 8192 and is 99. They keep their vectors until they are sent again; send all of them again, or"
                                + " start without state, to have them embedded again.");
    }

    /** Returns how many documents and deletes a checkpoint holds. */
    private static int kept(TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness)
            throws Exception {
        OperatorSubtaskState unused = harness.snapshot(9, 9);
        int count = 0;
        for (List<CorpusRecord> share : shares(harness)) {
            count += share.size();
        }
        return count;
    }

    private static Iterable<List<CorpusRecord>> shares(
            TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness) throws Exception {
        return ((RetrieveCandidates) harness.getOperator())
                .getOperatorStateBackend()
                .getUnionListState(RetrieveCandidates.SHARES)
                .get();
    }

    private static EmbeddedQuery embedded(String text) {
        return embedded(TestEvents.query(text, 100, null, 0));
    }

    private static EmbeddedQuery embedded(Query query) {
        return new EmbeddedQuery(query, new Embedding(new float[] {1, 0}), null, 1);
    }

    private static List<List<String>> ids(
            TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness) {
        return harness.extractOutputValues().stream()
                .map(answer -> answer.candidates().stream()
                        .map(candidate -> candidate.document().id())
                        .toList())
                .toList();
    }

    private static TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> opened(
            OperatorSubtaskState state) throws Exception {
        var harness = harness(TestModels.models(), CONFIG);
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    private static TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness(
            Models models, CorpusConfig config) throws Exception {
        return harness(models, config, TextTemplate.defaults());
    }

    private static TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness(
            Models models, CorpusConfig config, TextTemplate distinctText) throws Exception {
        return new TwoInputStreamOperatorTestHarness<>(new RetrieveCandidates(models, config, distinctText));
    }

    private static TwoInputStreamOperatorTestHarness<EmbeddedQuery, CorpusUpdate, Candidates> harness(
            int subtasks, int subtask) throws Exception {
        return new TwoInputStreamOperatorTestHarness<>(
                new RetrieveCandidates(TestModels.models(), CONFIG, TextTemplate.defaults()), 128, subtasks, subtask);
    }

    private static CorpusConfig config(TextTemplate embedText) {
        return new CorpusConfig(
                CorpusPlacement.BROADCAST,
                Duration.ofSeconds(2),
                embedText,
                SparseConfig.defaults(),
                1_000,
                true,
                Duration.ofMinutes(1),
                3,
                Duration.ofMinutes(1));
    }
}
