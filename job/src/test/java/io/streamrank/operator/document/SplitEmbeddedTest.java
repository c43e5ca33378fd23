// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.Document;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Stage;
import io.streamrank.operator.DeadLetters;
import io.streamrank.state.CorpusUpdate;
import io.streamrank.state.EmbeddedChange;
import io.streamrank.testing.TestEvents;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SplitEmbeddedTest {
    private static final Embedding EMBEDDING = new Embedding(new float[] {1, 0});

    private OneInputStreamOperatorTestHarness<EmbeddedChange, CorpusUpdate> harness;

    @BeforeEach
    void open() throws Exception {
        harness = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new SplitEmbedded()));
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void aDocumentTravelsWithOneVectorAndWithoutItsRecord() throws Exception {
        DocumentChange change = TestEvents.upsert("a", 1, "text");
        Document brought = new Document(
                "a",
                TestEvents.COLLECTION,
                change.document().fields(),
                change.document().metadata(),
                new Embedding(new float[] {7, 0}));
        harness.processElement(
                new EmbeddedChange(
                        new DocumentChange(
                                change.collection(), change.id(), change.version(), brought, change.source()),
                        EMBEDDING,
                        null),
                0);
        assertThat(harness.extractOutputValues())
                .containsExactly(CorpusUpdate.of(
                        new DocumentKey(TestEvents.COLLECTION, "a"), change.version(), change.document(), EMBEDDING));
    }

    @Test
    void aDeleteTravelsWithoutDocumentAndVector() throws Exception {
        DocumentChange change = TestEvents.delete("a", 1);
        harness.processElement(new EmbeddedChange(change, null, null), 0);
        assertThat(harness.extractOutputValues())
                .containsExactly(
                        new CorpusUpdate(new DocumentKey(TestEvents.COLLECTION, "a"), change.version(), null, null));
    }

    @Test
    void aDeadLetterLeavesAndChangesNothing() throws Exception {
        DocumentChange change = TestEvents.upsert("a", 1, "text");
        DeadLetter letter = new DeadLetter(change.source(), Stage.EMBED_DOCUMENTS, "no-text", "class", "message");
        harness.processElement(new EmbeddedChange(change, null, letter), 0);
        assertThat(harness.extractOutputValues()).isEmpty();
        assertThat(harness.getSideOutput(DeadLetters.TAG))
                .extracting(StreamRecord::getValue)
                .containsExactly(letter);
    }
}
