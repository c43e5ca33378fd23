// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval.sparse;

import java.util.Arrays;

/**
 * Lists the documents that have a term, by ascending numbers, and how often each has it. A document takes two bytes in most
 * cases: the distance from the last one, with a bit for the frequency 1, else the frequency behind it. Both are written
 * seven bits to a byte. Not thread-safe.
 */
final class Postings {
    private static final int LEAST_BYTES = 4;

    /** Takes a document. */
    interface Visitor {
        void visit(int number, int frequency);
    }

    private byte[] bytes = new byte[LEAST_BYTES];
    private int size;
    private int last = -1;
    private int documents;

    /** Returns how many documents have the term, without those that were removed. */
    int documents() {
        return documents;
    }

    /** Returns the bytes held. */
    int bytes() {
        return bytes.length;
    }

    /** Adds a document, whose number is greater than that of all before. */
    void add(int number, int frequency) {
        int distance = number - last;
        last = number;
        documents++;
        if (frequency == 1) {
            write((distance << 1) | 1);
        } else {
            write(distance << 1);
            write(frequency);
        }
    }

    /** Counts one document less. It stays in the list, and whoever visits it knows that it is gone. */
    void countRemoved() {
        documents--;
    }

    private void write(int value) {
        int rest = value;
        while (rest >= 1 << 7) {
            writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        writeByte(rest);
    }

    private void writeByte(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, size + Math.max(LEAST_BYTES, size / 4));
        }
        bytes[size++] = (byte) value;
    }

    /** Visits all documents that were added, those that are gone included. */
    void visit(Visitor visitor) {
        byte[] from = bytes;
        int number = -1;
        int at = 0;
        while (at < size) {
            int value = from[at++];
            for (int shift = 7; value < 0; shift += 7) { // the last byte that was read has more behind it
                value = (value & ~(-1 << shift)) | (from[at++] << shift);
            }
            number += value >>> 1;
            int frequency = 1;
            if ((value & 1) == 0) {
                frequency = from[at++];
                for (int shift = 7; frequency < 0; shift += 7) {
                    frequency = (frequency & ~(-1 << shift)) | (from[at++] << shift);
                }
            }
            visitor.visit(number, frequency);
        }
    }

    /**
     * Returns a list of what is left, with other numbers in the same order.
     *
     * @param numbers the new number of each document, or -1 for one that is gone
     */
    Postings renumbered(int[] numbers) {
        Postings kept = new Postings();
        visit((number, frequency) -> {
            if (numbers[number] >= 0) {
                kept.add(numbers[number], frequency);
            }
        });
        kept.bytes = Arrays.copyOf(kept.bytes, Math.max(LEAST_BYTES, kept.size));
        return kept;
    }
}
