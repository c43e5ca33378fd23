// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import java.io.IOException;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Serialises as Flink's own serializer of a record, but returns the record itself as its copy, since nobody changes its
 * parts. Flink copies operator state at each checkpoint, on the thread that answers queries, and would copy every vector.
 *
 * <p>The bytes and the snapshot are those of Flink's own serializer: a savepoint does not name this class.
 */
final class SharedSerializer<T> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1L;

    private final TypeSerializer<T> serializer;

    private SharedSerializer(TypeSerializer<T> serializer) {
        this.serializer = serializer;
    }

    static <T> SharedSerializer<T> of(TypeInformation<T> type) {
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.setGenericTypes(false); // as the job does
        return new SharedSerializer<>(type.createSerializer(config));
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public TypeSerializer<T> duplicate() {
        return new SharedSerializer<>(serializer.duplicate());
    }

    @Override
    public T createInstance() {
        return serializer.createInstance();
    }

    @Override
    public T copy(T from) {
        return from;
    }

    @Override
    public T copy(T from, T reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return serializer.getLength();
    }

    @Override
    public void serialize(T value, DataOutputView target) throws IOException {
        serializer.serialize(value, target);
    }

    @Override
    public T deserialize(DataInputView source) throws IOException {
        return serializer.deserialize(source);
    }

    /** Makes a new record, as somebody may hold the one to be reused. */
    @Override
    public T deserialize(T reuse, DataInputView source) throws IOException {
        return serializer.deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serializer.copy(source, target);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SharedSerializer<?> that && serializer.equals(that.serializer);
    }

    @Override
    public int hashCode() {
        return serializer.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
        return serializer.snapshotConfiguration();
    }
}
