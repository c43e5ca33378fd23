// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.batching;

import io.streamrank.inference.workers.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Holds text that waits to be tokenised: by priority, then by arrival. Not thread-safe. */
final class TokenizationQueue {
    private final Map<Priority, Queue<TokenizationTask>> waiting = new EnumMap<>(Priority.class);
    private int items;
    private long characters;

    /** Returns the texts or pairs that will come of what waits. */
    int items() {
        return items;
    }

    long characters() {
        return characters;
    }

    /** Returns the highest priority that waits, or null where nothing does. */
    @Nullable
    Priority highest() {
        return waiting.isEmpty() ? null : waiting.keySet().iterator().next();
    }

    void add(TokenizationTask task) {
        waiting.computeIfAbsent(task.priority(), priority -> new ArrayDeque<>()).add(task);
        items += task.items();
        characters += task.characters();
    }

    /** Removes and returns the next task; not to be called where nothing waits. */
    TokenizationTask remove() {
        Map.Entry<Priority, Queue<TokenizationTask>> first =
                waiting.entrySet().iterator().next();
        TokenizationTask task = first.getValue().remove();
        if (first.getValue().isEmpty()) {
            waiting.remove(first.getKey());
        }
        items -= task.items();
        characters -= task.characters();
        return task;
    }

    /** Removes and returns everything. */
    List<TokenizationTask> drain() {
        List<TokenizationTask> all = new ArrayList<>();
        waiting.values().forEach(all::addAll);
        waiting.clear();
        items = 0;
        characters = 0;
        return all;
    }
}
