// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.Reply.Citation;
import io.streamrank.event.Retrieval.SparseMatch;
import io.streamrank.event.Usage.Billed;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that travels between operators or is stored is a Flink POJO and comes back as it went. */
class EventSerializationTest {
    private static final RawRecord RECORD =
            new RawRecord("t", 1, 2, 3, new byte[] {1}, new byte[] {2, 3}, List.of(new Header("h", new byte[] {4})));
    private static final RawRecord TOMBSTONE = new RawRecord("t", 1, 2, 3, null, null, List.of(new Header("h", null)));
    private static final Origin ORIGIN = new Origin("t", 1, 2, 3, 4, new byte[] {5}, RECORD.headers());
    private static final Document DOCUMENT =
            new Document("id", "movies", List.of(new Field("title", "🦇")), """
                    {"a":1}""", new Embedding(new float[] {1, -0f}));
    private static final Document BARE = new Document(null, "movies", List.of(), null, null);
    private static final Hit HIT = new Hit(1, "id", 0.5, 1.5, DOCUMENT, new Retrieval(3, 0.25));
    private static final Usage USAGE = new Usage(1, 2, 3);
    private static final Timing TIMING = new Timing(1, 2, 3, 4, 5);

    static Stream<Record> events() {
        return Stream.of(
                RECORD,
                TOMBSTONE,
                ORIGIN,
                new Origin("t", 1, 2, 3, 4, null, List.of()),
                new Version(1, 2, 3),
                DOCUMENT,
                BARE,
                new DocumentChange("movies", "id", new Version(1, 2, 3), DOCUMENT, RECORD),
                new DocumentChange("movies", "id", new Version(1, 2, 3), null, TOMBSTONE),
                new Query(
                        ORIGIN, "id", "q", "c", 1, 2, List.of("f"), 0.5, true, true, "{}", 9, List.of(DOCUMENT, BARE)),
                new Query(ORIGIN, "id", "q", "c", 1, 2, List.of(), null, false, false, null, 0, null),
                HIT,
                new Hit(0, null, null, null, null, null),
                new Retrieval(0, 0.5, 4, new SparseMatch(7, 3.25)),
                new Retrieval(0, null, null, new SparseMatch(0, 1.5)),
                new RankedResult(ORIGIN, "id", "q", "m", List.of(HIT), DegradedReason.TIMEOUT, USAGE, TIMING),
                new RankedResult(ORIGIN, "id", "q", "m", List.of(), null, USAGE, TIMING),
                new RankedResult(
                        ORIGIN,
                        "id",
                        "q",
                        "m",
                        List.of(),
                        null,
                        new Usage(1, 2, null, new Billed(0.5, 3, 4), Remarks.NONE),
                        TIMING,
                        new Reply("text", null, "m", List.of(new Citation(1, null)), "stop", 1, 2, 3),
                        new Reply.Order(
                                new Reply.Request(null, 1, 2), List.of(new Reply.Source(null, "source")), 3, 4)),
                new DeadLetter(TOMBSTONE, Stage.DECODE_DOCUMENTS, "cause", "class", "message"));
    }

    @ParameterizedTest
    @MethodSource("events")
    void comesBackAsItWent(Record event) throws IOException {
        TypeSerializer<Record> serializer = serializer(event);
        DataOutputSerializer out = new DataOutputSerializer(256);
        serializer.serialize(event, out);

        Record back = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));

        assertThat(back).isEqualTo(event);
        assertThat(serializer.copy(event)).isEqualTo(event);
    }

    @SuppressWarnings("unchecked") // the serializer is used for this event only
    private static TypeSerializer<Record> serializer(Record event) {
        TypeInformation<? extends Record> type = TypeInformation.of(event.getClass());
        assertThat(type).isInstanceOf(PojoTypeInfo.class);
        SerializerConfigImpl withoutKryo = new SerializerConfigImpl();
        withoutKryo.setGenericTypes(false);
        return (TypeSerializer<Record>) type.createSerializer(withoutKryo);
    }
}
