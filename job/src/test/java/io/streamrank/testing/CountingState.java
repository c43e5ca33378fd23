// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import io.streamrank.event.DocumentKey;
import io.streamrank.state.CorpusEntry;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.api.common.state.BroadcastState;
import org.jspecify.annotations.Nullable;

/** Broadcast state in a map that counts how much of it is looked at. */
public final class CountingState implements BroadcastState<DocumentKey, CorpusEntry> {
    public final Map<DocumentKey, CorpusEntry> entries = new HashMap<>();
    /** Entries met while going through all of them. */
    public long visited;
    /** Entries asked for by their key. */
    public long asked;

    @Override
    public @Nullable CorpusEntry get(DocumentKey key) {
        asked++;
        return entries.get(key);
    }

    @Override
    public boolean contains(DocumentKey key) {
        asked++;
        return entries.containsKey(key);
    }

    @Override
    public void put(DocumentKey key, CorpusEntry value) {
        entries.put(key, value);
    }

    @Override
    public void putAll(Map<DocumentKey, CorpusEntry> map) {
        entries.putAll(map);
    }

    @Override
    public void remove(DocumentKey key) {
        entries.remove(key);
    }

    @Override
    public Iterator<Map.Entry<DocumentKey, CorpusEntry>> iterator() {
        Iterator<Map.Entry<DocumentKey, CorpusEntry>> all = entries.entrySet().iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return all.hasNext();
            }

            @Override
            public Map.Entry<DocumentKey, CorpusEntry> next() {
                visited++;
                return all.next();
            }

            @Override
            public void remove() {
                all.remove();
            }
        };
    }

    @Override
    public Iterable<Map.Entry<DocumentKey, CorpusEntry>> entries() {
        return this::iterator;
    }

    @Override
    public Iterable<Map.Entry<DocumentKey, CorpusEntry>> immutableEntries() {
        return this::iterator;
    }

    @Override
    public void clear() {
        entries.clear();
    }
}
