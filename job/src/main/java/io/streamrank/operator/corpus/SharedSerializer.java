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
 * Flink's own serializer of a record whose parts nobody changes, but for copies, which are the record itself. Flink copies
 * broadcast state at each checkpoint on the thread that answers queries, and would copy every vector.
 *
 * <p>What is written is what Flink's own serializer writes, and is said to be its: a savepoint does not know this class.
 */
final class SharedSerializer<T> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1L;

    private final TypeSerializer<T> flinks;

    private SharedSerializer(TypeSerializer<T> flinks) {
        this.flinks = flinks;
    }

    static <T> SharedSerializer<T> of(Class<T> type) {
        return new SharedSerializer<>(TypeInformation.of(type).createSerializer(new SerializerConfigImpl()));
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public TypeSerializer<T> duplicate() {
        return new SharedSerializer<>(flinks.duplicate());
    }

    @Override
    public T createInstance() {
        return flinks.createInstance();
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
        return flinks.getLength();
    }

    @Override
    public void serialize(T value, DataOutputView target) throws IOException {
        flinks.serialize(value, target);
    }

    @Override
    public T deserialize(DataInputView source) throws IOException {
        return flinks.deserialize(source);
    }

    /** Into a new record, as another may hold the one to be reused. */
    @Override
    public T deserialize(T reuse, DataInputView source) throws IOException {
        return flinks.deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        flinks.copy(source, target);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SharedSerializer<?> that && flinks.equals(that.flinks);
    }

    @Override
    public int hashCode() {
        return flinks.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
        return flinks.snapshotConfiguration();
    }
}
