// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a store gave, each row as one line. */
final class CollectedRows implements DocumentStore.Rows {
    final List<String> rows = new ArrayList<>();
    final List<String> refused = new ArrayList<>();
    final List<String> positions = new ArrayList<>();

    static CollectedRows of(DocumentStore store) throws Exception {
        return of(store, DocumentStore.START);
    }

    static CollectedRows of(DocumentStore store, String position) throws Exception {
        CollectedRows collected = new CollectedRows();
        try (store) {
            store.read(position, collected);
        }
        return collected;
    }

    @Override
    public @Nullable String idMember() {
        return null;
    }

    @Override
    public void row(int number, ObjectNode content) {
        rows.add(number + " " + content);
    }

    @Override
    public void refused(int number, String problem) {
        refused.add(number + " " + problem);
    }

    @Override
    public void reached(String position) {
        positions.add(position);
    }
}
