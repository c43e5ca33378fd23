// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static io.streamrank.operator.corpus.RetrieveCandidatesHarness.CONFIG;
import static io.streamrank.operator.corpus.RetrieveCandidatesHarness.config;
import static io.streamrank.operator.corpus.RetrieveCandidatesHarness.embedded;
import static io.streamrank.operator.corpus.RetrieveCandidatesHarness.harness;
import static io.streamrank.operator.corpus.RetrieveCandidatesHarness.ids;
import static io.streamrank.operator.corpus.RetrieveCandidatesHarness.opened;
import static io.streamrank.operator.document.TrackCorpusLoading.LOADED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamrank.event.DocumentKey;
import io.streamrank.inference.Models;
import io.streamrank.state.Candidates;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusRecord;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.TestEvents;
import io.streamrank.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.apache.flink.testutils.logging.LoggerAuditingExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

/** What {@link RetrieveCandidates} writes to a checkpoint, and what it makes of one at a restore. */
class RetrieveCandidatesStateTest {
    @RegisterExtension
    final LoggerAuditingExtension log = new LoggerAuditingExtension(EmbeddingCompatibility.class, Level.WARN);

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
}
