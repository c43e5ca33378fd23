// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx.split;

import java.util.Arrays;

/** Identifies a part of a pair by its token ids, which are all that its states depend on. Immutable. */
final class TokenSequence {
    private final int[] ids;
    private final int hash;

    private TokenSequence(int[] ids) {
        this.ids = ids;
        this.hash = Arrays.hashCode(ids);
    }

    /** Returns the tokens {@code from} (inclusive) to {@code to} (exclusive). */
    static TokenSequence of(int[] ids, int from, int to) {
        return new TokenSequence(Arrays.copyOfRange(ids, from, to));
    }

    int length() {
        return ids.length;
    }

    int id(int index) {
        return ids[index];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenSequence sequence && hash == sequence.hash && Arrays.equals(ids, sequence.ids);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
