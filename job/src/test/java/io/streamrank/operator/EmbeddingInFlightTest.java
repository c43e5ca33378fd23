// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamrank.event.DocumentChange;
import io.streamrank.event.Query;
import io.streamrank.inference.Models;
import io.streamrank.inference.model.BatchPolicy;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.operator.document.EmbedDocuments;
import io.streamrank.operator.query.EmbedQueries;
import io.streamrank.state.EmbeddedChange;
import io.streamrank.state.EmbeddedQuery;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.FakeWords;
import io.streamrank.testing.HashingEmbedder;
import io.streamrank.testing.OverlapCrossEncoder;
import io.streamrank.testing.TestEvents;
import io.streamrank.testing.TestModels;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.functions.async.AsyncFunction;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is in the embedder when a checkpoint is taken is embedded by the job that goes on from it. */
class EmbeddingInFlightTest {
    @AfterEach
    void nothingIsLeftOpen() {
        FakeWords.release();
        await().untilAsserted(() -> assertThat(HashingEmbedder.OPEN).hasValue(0));
    }

    @Test
    void documentsInFlightAreEmbeddedAfterARestore() throws Exception {
        OperatorSubtaskState state;
        try (var harness = documents(null)) {
            harness.processElement(TestEvents.upsert("slow", 1, "HANG apple"), 0);
            FakeWords.awaitHang();
            harness.processElement(TestEvents.upsert("after", 2, "pear"), 0);
            harness.processElement(TestEvents.delete("gone", 3), 0);
            state = harness.snapshot(1, 1);
            FakeWords.release();
        }
        try (var harness = documents(state)) {
            FakeWords.awaitHang();
            FakeWords.release();
            harness.endInput();
            assertThat(harness.extractOutputValues())
                    .extracting(embedded -> embedded.change().id())
                    .contains("slow", "after");
            assertThat(harness.extractOutputValues())
                    .filteredOn(embedded -> embedded.change().document() != null)
                    .allMatch(embedded -> embedded.embedding() != null && embedded.deadLetter() == null);
        }
    }

    /** Of a run that hangs only the document that is at fault becomes a dead letter. */
    @Test
    void documentsOfARunThatHangsAreEmbeddedButForTheOneAtFault() throws Exception {
        BatchPolicy threes = new BatchPolicy(256, 3, Duration.ofMinutes(1), 4, 1 << 20);
        Models models = new Models(
                HashingEmbedder.factory("threes"),
                OverlapCrossEncoder.factory(),
                null,
                threes,
                threes,
                PairPolicy.defaults(),
                4,
                Duration.ofMillis(200));
        EmbedDocuments function = new EmbedDocuments(models, TextTemplate.defaults());
        try (var harness = opened(DocumentChange.class, function, null)) {
            harness.processElement(TestEvents.upsert("HANG", 1, "HANG"), 0);
            FakeWords.awaitHang();
            for (String text : List.of("apple", "HANG pear", "plum")) { // a run together, as the model is busy
                harness.processElement(TestEvents.upsert(text, 2, text), 0);
            }
            harness.endInput();
            assertThat(harness.extractOutputValues())
                    .filteredOn(embedded -> embedded.embedding() != null)
                    .extracting(embedded -> embedded.change().id())
                    .containsExactlyInAnyOrder("apple", "plum");
            assertThat(harness.extractOutputValues())
                    .filteredOn(embedded -> embedded.embedding() == null)
                    .allSatisfy(
                            embedded -> assertThat(embedded.deadLetter().message())
                                    .startsWith(
                                            "document " + embedded.change().id()
                                                    + " could not be embedded: Model fake:hashing hangs on this text: in 2 runs of its own"))
                    .extracting(embedded -> embedded.change().id())
                    .containsExactlyInAnyOrder("HANG", "HANG pear");
        }
    }

    @Test
    void queriesInFlightAreEmbeddedAfterARestore() throws Exception {
        OperatorSubtaskState state;
        try (var harness = queries(null)) {
            harness.processElement(TestEvents.query("HANG apple"), 0);
            FakeWords.awaitHang();
            state = harness.snapshot(1, 1);
            FakeWords.release();
        }
        try (var harness = queries(state)) {
            FakeWords.awaitHang();
            FakeWords.release();
            harness.endInput();
            assertThat(harness.extractOutputValues()).hasSize(1);
            EmbeddedQuery embedded = harness.extractOutputValues().get(0);
            assertThat(embedded.query().text()).isEqualTo("HANG apple");
            assertThat(embedded.embedding()).isNotNull();
            assertThat(embedded.degradedReason()).isNull();
        }
    }

    private static OneInputStreamOperatorTestHarness<DocumentChange, EmbeddedChange> documents(
            @Nullable OperatorSubtaskState state) throws Exception {
        return opened(DocumentChange.class, new EmbedDocuments(TestModels.models(), TextTemplate.defaults()), state);
    }

    private static OneInputStreamOperatorTestHarness<Query, EmbeddedQuery> queries(@Nullable OperatorSubtaskState state)
            throws Exception {
        return opened(Query.class, new EmbedQueries(TestModels.models(), Duration.ofMinutes(5)), state);
    }

    private static <I, O> OneInputStreamOperatorTestHarness<I, O> opened(
            Class<I> type, AsyncFunction<I, O> function, @Nullable OperatorSubtaskState state) throws Exception {
        var harness = new OneInputStreamOperatorTestHarness<I, O>(
                new AsyncWaitOperatorFactory<>(function, 0, 10, AsyncDataStream.OutputMode.UNORDERED),
                TypeInformation.of(type).createSerializer(new SerializerConfigImpl()));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }
}
