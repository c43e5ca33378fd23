// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DegradedReason;
import io.streamrank.event.DocumentKey;
import io.streamrank.event.Embedding;
import io.streamrank.event.Origin;
import io.streamrank.event.Query;
import io.streamrank.event.Remarks;
import io.streamrank.event.Reply;
import io.streamrank.event.Retrieval;
import io.streamrank.event.RetrievalMode;
import io.streamrank.event.Version;
import io.streamrank.testing.TestEvents;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that travels between operators or is stored is read back as it was, absent parts included, without Kryo. */
class SerializationTest {
    private static final Query INLINE = new Query(
            new Origin("queries", 1, 2, 3, 4, null, List.of()),
            "q",
            "text",
            "c",
            RetrievalMode.HYBRID,
            5,
            6,
            List.of("title"),
            null,
            true,
            false,
            null,
            7,
            List.of(TestEvents.document("d", "inline")),
            new Embedding(new float[] {0.5f}),
            new Reply.Request("be brief", 8, 9),
            Remarks.ofQuery(List.of("topn"), List.of("documents[1] must be a text")));

    static Stream<Object> values() {
        Version version = new Version(1, 2, 3);
        Embedding embedding = new Embedding(new float[] {1, 0});
        return Stream.of(
                new AdmittedDocument(version, new byte[] {1, 2}),
                new Candidate(TestEvents.document("d", "text"), null),
                new Candidates(
                        INLINE,
                        List.of(new Candidate(TestEvents.document("d", "x"), new Retrieval(0, 0.5))),
                        null,
                        1,
                        2,
                        Remarks.ofSearch(3, List.of("genre"))),
                new Candidates(INLINE, List.of(), DegradedReason.OVERLOAD, 1, 2, Remarks.ofMissingCollection("c")),
                new CorpusEntry(version, null, null, 9),
                new CorpusRecord(new DocumentKey("c", "d"), new CorpusEntry(version, null, null, 9)),
                new CorpusEntry(
                        version,
                        PackedDocument.of(TestEvents.document("d", "text")),
                        QuantizedVector.of(embedding.values()),
                        9),
                TestEvents.update("d", 1, null),
                TestEvents.update("d", 1, "text", 1, 0),
                new DocumentKey("c", "d"),
                new EmbeddedChange(TestEvents.delete("d", 1), null, null),
                new EmbeddedChange(TestEvents.upsert("d", 1, "text"), embedding, null),
                new EmbeddedQuery(TestEvents.query("q"), embedding, null, 3),
                new EmbeddedQuery(TestEvents.query("q"), null, DegradedReason.TIMEOUT, 3),
                new PartitionProgress(1, 2, 3),
                new CorpusTopic("documents", "s"),
                new TextTemplate(List.of("title"), true, 3));
    }

    @ParameterizedTest
    @MethodSource("values")
    void survivesTheWire(Object value) throws Exception {
        roundTrip(value);
    }

    @SuppressWarnings("unchecked")
    private static <T> void roundTrip(T value) throws Exception {
        Class<T> type = (Class<T>) value.getClass();
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
        TypeSerializer<T> serializer = TypeInformation.of(type).createSerializer(new SerializerConfigImpl());
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        assertThat(serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer())))
                .isEqualTo(value);
    }
}
