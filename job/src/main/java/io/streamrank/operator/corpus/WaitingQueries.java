// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.event.Query;
import io.streamrank.state.EmbeddedQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Queries that wait for the corpus: so many and no more, and none beyond its own time limit. */
final class WaitingQueries {
    /** Of a query that has no time limit of its own. */
    static final long NEVER = Long.MAX_VALUE;

    private final int most;
    private final NavigableMap<Long, List<EmbeddedQuery>> byDeadline = new TreeMap<>();
    private int size;

    WaitingQueries(int most) {
        this.most = most;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size >= most;
    }

    /** Takes it in, full or not: what waited before a restore waits on. */
    void add(EmbeddedQuery query) {
        byDeadline
                .computeIfAbsent(deadlineMs(query.query()), deadline -> new ArrayList<>())
                .add(query);
        size++;
    }

    /** When the first of them has waited for as long as it may, milliseconds since the epoch; {@link #NEVER} for none. */
    long nextDeadlineMs() {
        return byDeadline.isEmpty() ? NEVER : byDeadline.firstKey();
    }

    /** Takes out those whose time is up. */
    List<EmbeddedQuery> takeExpired(long nowMs) {
        return take(byDeadline.headMap(nowMs, true));
    }

    /** Takes out all, those with the least time left first. */
    List<EmbeddedQuery> takeAll() {
        return take(byDeadline);
    }

    /** All of them, to be stored. */
    List<EmbeddedQuery> all() {
        return byDeadline.values().stream().flatMap(List::stream).toList();
    }

    private List<EmbeddedQuery> take(NavigableMap<Long, List<EmbeddedQuery>> part) {
        List<EmbeddedQuery> taken = part.values().stream().flatMap(List::stream).toList();
        part.clear();
        size -= taken.size();
        return taken;
    }

    private static long deadlineMs(Query query) {
        return query.timeoutMs() > 0 ? query.origin().timestampMs() + query.timeoutMs() : NEVER;
    }
}
