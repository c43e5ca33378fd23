// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads documents from where they are kept, one after the other, without holding them all. Not thread-safe. */
public interface DocumentStore extends AutoCloseable {
    /** The position before the first row. */
    String START = "";

    /** Takes what a store holds. */
    interface Rows {
        /** Returns the name of the member that holds the id; null for {@code id}, else {@code _id}. */
        @Nullable
        String idMember();

        /**
         * Takes one document.
         *
         * @param number of the row, 1 for the first
         * @throws IllegalArgumentException with a clause that says what is wrong with it
         */
        void row(int number, ObjectNode content) throws InterruptedException;

        /** Hears of a row that cannot be a document, with a clause that says why. */
        void refused(int number, String problem);

        /** Hears that reading may begin again at this position without losing a row. */
        void reached(String position) throws IOException;
    }

    /** Returns the store's address without secrets, for messages. */
    String name();

    /** Returns what one row is called in messages, e.g. {@code row}. */
    String rowName();

    /** Returns a text that differs where a position means nothing: the address and what is read from it. */
    String identity();

    /**
     * Reads from a position to the end.
     *
     * @param position {@link #START}, or one that an earlier reading reached
     */
    void read(String position, Rows rows) throws IOException, InterruptedException;

    @Override
    void close();
}
