// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Holds a vector. The embedding owns the array, which must not be changed. */
public record Embedding(float[] values) {
    public int dimension() {
        return values.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Embedding that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Embedding[dim=" + values.length + "]";
    }
}
