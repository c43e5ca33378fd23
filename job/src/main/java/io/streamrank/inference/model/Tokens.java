// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import java.util.Arrays;

/**
 * Holds one text's token ids, without special tokens, in as few bytes as the vocabulary allows. Of a text longer than any pair
 * can hold only the beginning or the end is kept, and how long it was. Immutable and thread-safe.
 */
public sealed interface Tokens {
    /** Returns the tokens of the whole text, kept or not. */
    int length();

    /** Returns how many of them are kept. */
    int kept();

    /** Copies the kept tokens {@code from} (inclusive) to {@code to} (exclusive) to {@code target}, starting at {@code at}. */
    void copy(int from, int to, int[] target, int at);

    /** Returns the bytes of the ids. */
    int bytes();

    /**
     * Packs a text's ids.
     *
     * @param keep most tokens that anyone will ask for
     */
    static Tokens of(int[] ids, int keep) {
        return of(ids, 0, Math.min(ids.length, keep));
    }

    /**
     * Packs the end of a text's ids.
     *
     * @param keep most tokens that anyone will ask for
     */
    static Tokens endOf(int[] ids, int keep) {
        return of(ids, Math.max(0, ids.length - keep), ids.length);
    }

    private static Tokens of(int[] ids, int from, int to) {
        int largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, ids[i]);
        }
        return largest <= Character.MAX_VALUE ? Narrow.of(ids, from, to) : Wide.of(ids, from, to);
    }

    /** Two bytes an id: for vocabularies of up to 65,536 tokens, as BERT's and RoBERTa's are. */
    record Narrow(int length, char[] ids) implements Tokens {
        private static Narrow of(int[] ids, int from, int to) {
            char[] narrow = new char[to - from];
            for (int i = from; i < to; i++) {
                narrow[i - from] = (char) ids[i];
            }
            return new Narrow(ids.length, narrow);
        }

        @Override
        public int kept() {
            return ids.length;
        }

        @Override
        public void copy(int from, int to, int[] target, int at) {
            for (int i = from; i < to; i++) {
                target[at + i - from] = ids[i];
            }
        }

        @Override
        public int bytes() {
            return Character.BYTES * ids.length;
        }
    }

    /** Four bytes an id: for larger vocabularies, as XLM-R's. */
    record Wide(int length, int[] ids) implements Tokens {
        private static Wide of(int[] ids, int from, int to) {
            return new Wide(ids.length, Arrays.copyOfRange(ids, from, to));
        }

        @Override
        public int kept() {
            return ids.length;
        }

        @Override
        public void copy(int from, int to, int[] target, int at) {
            System.arraycopy(ids, from, target, at, to - from);
        }

        @Override
        public int bytes() {
            return Integer.BYTES * ids.length;
        }
    }
}
