// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.Header;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdmitDocumentsTest {
    private KeyedOneInputStreamOperatorTestHarness<String, DocumentChange, DocumentChange> harness;

    @BeforeEach
    void open() throws Exception {
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new AdmitDocuments(2)), DocumentChange::collection, Types.STRING);
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void letsChangedDocumentsThroughAndDropsUnchangedOnes() throws Exception {
        assertThat(admitted(Events.upsert("a", 1, "one"))).isTrue();
        assertThat(admitted(Events.upsert("a", 2, "one"))).isFalse();
        assertThat(admitted(Events.upsert("a", 3, "two"))).isTrue();
    }

    @Test
    void dropsWhatIsOlderThanWhatItLetThrough() throws Exception {
        assertThat(admitted(Events.upsert("a", 5, "new"))).isTrue();
        assertThat(admitted(Events.upsert("a", 4, "old"))).isFalse();
        assertThat(admitted(Events.delete("a", 3))).isFalse();
    }

    @Test
    void embedsADocumentAgainThatWasDeletedInBetween() throws Exception {
        assertThat(admitted(Events.upsert("a", 1, "one"))).isTrue();
        assertThat(admitted(Events.delete("a", 2))).isTrue();
        assertThat(admitted(Events.upsert("a", 3, "one"))).isTrue();
    }

    @Test
    void alwaysLetsReplayedDeadLettersThrough() throws Exception {
        List<Header> replayed = List.of(new Header("__connect.errors.topic", new byte[] {1}));
        assertThat(admitted(Events.upsert("a", 1, "one"))).isTrue();
        assertThat(admitted(Events.change("a", 2, "one", replayed))).isTrue();
    }

    @Test
    void refusesNewDocumentsBeyondTheLimitButTakesChangesAndDeletes() throws Exception {
        assertThat(admitted(Events.upsert("a", 1, "one"))).isTrue();
        assertThat(admitted(Events.upsert("b", 2, "two"))).isTrue();
        assertThat(admitted(Events.upsert("c", 3, "three"))).isFalse();
        assertThat(admitted(Events.upsert("a", 4, "other"))).isTrue();
        assertThat(admitted(Events.delete("b", 5))).isTrue();
        assertThat(admitted(Events.upsert("c", 6, "three"))).isTrue();

        List<DeadLetter> refused = harness.getSideOutput(DeadLetters.TAG).stream()
                .map(StreamRecord::getValue)
                .toList();
        assertThat(refused).hasSize(1);
        assertThat(refused.get(0).record().offset()).isEqualTo(3);
        assertThat(refused.get(0).message())
                .isEqualTo("collection default holds 2 documents, its limit; raise corpus.max-documents or delete some"
                        + " before adding c");
    }

    @Test
    void keepsOneSmallEntryADocumentAndNoneForDeletedOnes() throws Exception {
        admitted(Events.upsert("a", 1, "one"));
        admitted(Events.upsert("b", 2, "two"));
        int withTwo = harness.numKeyedStateEntries();
        admitted(Events.delete("a", 3));
        admitted(Events.delete("b", 4));
        // The map and the count, each under the one key; a map without entries is gone.
        assertThat(withTwo).isEqualTo(2);
        assertThat(harness.numKeyedStateEntries()).isEqualTo(1);
    }

    private boolean admitted(DocumentChange change) throws Exception {
        int before = harness.extractOutputValues().size();
        harness.processElement(change, 0);
        return harness.extractOutputValues().size() > before;
    }
}
