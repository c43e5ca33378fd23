// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamrank.event.DocumentKey;
import io.streamrank.event.Version;
import io.streamrank.state.CorpusEntry;
import io.streamrank.state.CorpusRecord;
import io.streamrank.state.PackedDocument;
import io.streamrank.state.QuantizedVector;
import io.streamrank.testing.TestEvents;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.DefaultOperatorStateBackend;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.apache.flink.runtime.state.PartitionableListState;
import org.junit.jupiter.api.Test;

class SharedSerializerTest {
    private static final CorpusEntry ENTRY = new CorpusEntry(
            new Version(1, 2, 3),
            PackedDocument.of(TestEvents.document("d", "text")),
            QuantizedVector.of(new float[] {1, 0}),
            9);
    private static final TypeSerializer<CorpusEntry> FLINKS =
            TypeInformation.of(CorpusEntry.class).createSerializer(new SerializerConfigImpl());

    private final SharedSerializer<CorpusEntry> shared = SharedSerializer.of(TypeInformation.of(CorpusEntry.class));

    @Test
    void theCorpusIsNotCopiedForACheckpoint() throws Exception {
        List<CorpusRecord> chunk = List.of(new CorpusRecord(new DocumentKey("c", "d"), ENTRY));
        DefaultOperatorStateBackend backend = new DefaultOperatorStateBackendBuilder(
                        getClass().getClassLoader(), new ExecutionConfig(), false, List.of(), new CloseableRegistry())
                .build();
        ListState<List<CorpusRecord>> shares = backend.getUnionListState(RetrieveCandidates.SHARES);
        shares.add(chunk);
        assertThat(((PartitionableListState<List<CorpusRecord>>) shares)
                        .deepCopy()
                        .get())
                .singleElement()
                .isSameAs(chunk);
        assertThat(shared.duplicate().copy(ENTRY, ENTRY)).isSameAs(ENTRY);
    }

    @Test
    void readsWhatFlinksOwnWrites() throws Exception {
        assertThat(read(shared, written(FLINKS))).isEqualTo(ENTRY).isNotSameAs(ENTRY);
    }

    @Test
    void writesWhatFlinksOwnReads() throws Exception {
        assertThat(read(FLINKS, written(shared))).isEqualTo(ENTRY);
        assertThat(written(shared.duplicate())).isEqualTo(written(FLINKS));
    }

    @Test
    void goesOnWithAStateThatFlinksOwnWroteAndTheReverse() {
        var flinks = FLINKS.snapshotConfiguration();
        var ours = shared.snapshotConfiguration();
        assertThat(ours.resolveSchemaCompatibility(flinks).isCompatibleAsIs()).isTrue();
        assertThat(flinks.resolveSchemaCompatibility(ours).isCompatibleAsIs()).isTrue();
        assertThat(ours.restoreSerializer()).isEqualTo(FLINKS);
    }

    private static byte[] written(TypeSerializer<CorpusEntry> serializer) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(ENTRY, out);
        return out.getCopyOfBuffer();
    }

    private static CorpusEntry read(TypeSerializer<CorpusEntry> serializer, byte[] bytes) throws Exception {
        return serializer.deserialize(new DataInputDeserializer(bytes));
    }
}
