// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.Query;
import io.streamrank.state.EmbeddedQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Queues queries that wait for the corpus, by deadline: at most a given number, and none beyond its own time limit. Of
 * queries with deadlines 500, 900 and none, {@code takeExpired(600)} takes the first, and {@code takeAll} then the two others
 * in that order.
 */
final class WaitingQueries {
    /** The deadline of a query that has no time limit of its own. */
    static final long NEVER = Long.MAX_VALUE;

    private final int capacity;
    private final NavigableMap<Long, List<EmbeddedQuery>> byDeadline = new TreeMap<>();
    private int size;

    WaitingQueries(int capacity) {
        this.capacity = capacity;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size >= capacity;
    }

    /** Adds the query even if the queue is full: what waited before a restore goes on waiting. */
    void add(EmbeddedQuery query) {
        byDeadline
                .computeIfAbsent(deadlineMs(query.query()), added -> new ArrayList<>())
                .add(query);
        size++;
    }

    /** Returns the earliest deadline, milliseconds since the epoch; {@link #NEVER} for none. */
    long nextDeadlineMs() {
        return byDeadline.isEmpty() ? NEVER : byDeadline.firstKey();
    }

    /** Takes out the queries whose deadline has passed, the earliest first. */
    List<EmbeddedQuery> takeExpired(long nowMs) {
        return take(byDeadline.headMap(nowMs, true));
    }

    /** Takes out all queries, the earliest deadline first. */
    List<EmbeddedQuery> takeAll() {
        return take(byDeadline);
    }

    /** Returns all queries, the earliest deadline first. */
    List<EmbeddedQuery> all() {
        return byDeadline.values().stream().flatMap(List::stream).toList();
    }

    private List<EmbeddedQuery> take(NavigableMap<Long, List<EmbeddedQuery>> part) {
        List<EmbeddedQuery> taken = part.values().stream().flatMap(List::stream).toList();
        part.clear();
        size -= taken.size();
        return taken;
    }

    /** Returns when the query's own time limit ends, milliseconds since the epoch; {@link #NEVER} if it has none. */
    static long deadlineMs(Query query) {
        return query.timeoutMs() > 0 ? query.origin().timestampMs() + query.timeoutMs() : NEVER;
    }
}
