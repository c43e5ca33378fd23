// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DeadLetter;
import io.streamrank.event.DocumentChange;
import io.streamrank.event.Header;
import io.streamrank.operator.DeadLetters;
import io.streamrank.state.TextTemplate;
import io.streamrank.testing.TestEvents;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AdmitDocumentsTest {
    private static final TextTemplate TEMPLATE = new TextTemplate(List.of("title", "body"), false, 100);

    private KeyedOneInputStreamOperatorTestHarness<String, DocumentChange, DocumentChange> harness;

    @BeforeEach
    void open() throws Exception {
        harness = harness(TEMPLATE);
        harness.open();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, DocumentChange, DocumentChange> harness(
            TextTemplate embedText) throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new AdmitDocuments<>(2, 2, embedText)),
                DocumentChange::collection,
                Types.STRING);
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void letsChangedDocumentsThrough() throws Exception {
        assertThat(admitted(TestEvents.upsert("a", 1, "one"))).isTrue();
        assertThat(admitted(TestEvents.upsert("a", 2, "two"))).isTrue();
    }

    @Test
    void dropsUnchangedDocuments() throws Exception {
        assertThat(admitted(TestEvents.upsert("a", 1, "one"))).isTrue();
        assertThat(admitted(TestEvents.upsert("a", 2, "one"))).isFalse();
    }

    @Test
    void dropsWhatIsOlderThanWhatItLetThrough() throws Exception {
        assertThat(admitted(TestEvents.upsert("a", 5, "new"))).isTrue();
        assertThat(admitted(TestEvents.upsert("a", 4, "old"))).isFalse();
        assertThat(admitted(TestEvents.delete("a", 3))).isFalse();
    }

    @Test
    void embedsADocumentAgainThatWasDeletedInBetween() throws Exception {
        assertThat(admitted(TestEvents.upsert("a", 1, "one"))).isTrue();
        assertThat(admitted(TestEvents.delete("a", 2))).isTrue();
        assertThat(admitted(TestEvents.upsert("a", 3, "one"))).isTrue();
    }

    @Test
    void alwaysLetsReplayedDeadLettersThrough() throws Exception {
        List<Header> replayed = List.of(new Header("__connect.errors.topic", new byte[] {1}));
        assertThat(admitted(TestEvents.upsert("a", 1, "one"))).isTrue();
        assertThat(admitted(TestEvents.change("a", 2, "one", replayed))).isTrue();
    }

    /** What to do with a dead letter that is to be tried again as it is: see "Empty the dead letters". */
    @Test
    void aDeadLettersRecordPassesAgainWithoutItsHeadersOnceItIsDeletedOrAnyByteOfItIsOther() throws Exception {
        assertThat(admitted(TestEvents.upsert("a", 1, "{}"))).isTrue();
        assertThat(admitted(TestEvents.upsert("a", 2, "{}"))).isFalse();
        assertThat(admitted(TestEvents.upsert("a", 3, "{ }"))).isTrue();
        assertThat(admitted(TestEvents.delete("a", 4))).isTrue();
        assertThat(admitted(TestEvents.upsert("a", 5, "{ }"))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("otherTemplates")
    void anUnchangedDocumentPassesAgainOnceAnotherTextOfItIsEmbedded(TextTemplate other) throws Exception {
        assertThat(admitted(TestEvents.upsert("a", 1, "one"))).isTrue();
        OperatorSubtaskState state = harness.snapshot(1, 1);
        harness.close();

        harness = harness(other);
        harness.initializeState(state);
        harness.open();

        assertThat(admitted(TestEvents.upsert("a", 2, "one"))).isEqualTo(!other.equals(TEMPLATE));
        assertThat(admitted(TestEvents.upsert("a", 3, "one"))).isFalse();
    }

    static Stream<TextTemplate> otherTemplates() {
        return Stream.of(
                TEMPLATE,
                new TextTemplate(List.of("title"), false, 100),
                new TextTemplate(List.of("body", "title"), false, 100),
                new TextTemplate(List.of("title,body"), false, 100),
                new TextTemplate(List.of("title", "body"), true, 100),
                new TextTemplate(List.of("title", "body"), false, 99));
    }

    @Test
    void takesChangesOfKnownDocumentsAtTheLimit() throws Exception {
        fill();
        assertThat(admitted(TestEvents.upsert("a", 3, "other"))).isTrue();
    }

    @Test
    void takesANewDocumentAtTheLimitOnceAnotherIsDeleted() throws Exception {
        fill();
        assertThat(admitted(TestEvents.delete("b", 3))).isTrue();
        assertThat(admitted(TestEvents.upsert("c", 4, "three"))).isTrue();
    }

    private void fill() throws Exception {
        assertThat(admitted(TestEvents.upsert("a", 1, "one"))).isTrue();
        assertThat(admitted(TestEvents.upsert("b", 2, "two"))).isTrue();
    }

    @Test
    void newDocumentsBeyondTheLimitAreDeadLettersThatSaySo() throws Exception {
        fill();
        assertThat(admitted(TestEvents.upsert("c", 3, "three"))).isFalse();

        List<DeadLetter> refused = harness.getSideOutput(DeadLetters.TAG).stream()
                .map(StreamRecord::getValue)
                .toList();
        assertThat(refused).hasSize(1);
        assertThat(refused.get(0).record().offset()).isEqualTo(3);
        assertThat(refused.get(0).message())
                .isEqualTo("collection default holds 2 documents, its limit; raise corpus.max-documents or delete some"
                        + " before adding c");
    }

    /** A collection in parts is counted in each, with room for as many as are allowed however the ids fall. */
    @Test
    void partsTogetherHaveRoomForTheLimitAndNotForMuchMore() {
        int limit = 100_000;
        Map<Tuple2<String, Integer>, Integer> sizes = new HashMap<>();
        for (int id = 0; id < limit; id++) {
            sizes.merge(AdmitDocuments.part(TestEvents.upsert("doc-" + id, id, "text")), 1, Integer::sum);
        }

        assertThat(sizes)
                .hasSize(128)
                .allSatisfy((part, size) -> assertThat(size).isLessThanOrEqualTo(AdmitDocuments.limitOfPart(limit)));
        assertThat(128 * AdmitDocuments.limitOfPart(limit)).isBetween(limit, limit * 6 / 5);
    }

    @Test
    void aPartThatIsFullSaysAboutHowManyThereAre() throws Exception {
        harness.close();
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new AdmitDocuments<>(100, 1, TEMPLATE)), any -> "part", Types.STRING);
        harness.open();
        assertThat(admitted(TestEvents.upsert("a", 1, "one"))).isTrue();
        assertThat(admitted(TestEvents.upsert("b", 2, "two"))).isFalse();

        assertThat(harness.getSideOutput(DeadLetters.TAG).peek().getValue().message())
                .startsWith("collection default holds about 100 documents, its limit");
    }

    @Test
    void keepsOneSmallEntryADocumentAndNoneForDeletedOnes() throws Exception {
        admitted(TestEvents.upsert("a", 1, "one"));
        admitted(TestEvents.upsert("b", 2, "two"));
        int withTwo = harness.numKeyedStateEntries();
        admitted(TestEvents.delete("a", 3));
        admitted(TestEvents.delete("b", 4));
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
