// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds what waits for an endpoint. Queries go before documents, but while both wait each eighth request is a document's:
 * else a corpus would never load while queries come in. Not thread-safe.
 */
final class EndpointQueue {
    private static final int QUERIES_IN_A_ROW = 7;

    private final Deque<EndpointCall<?>> queries = new ArrayDeque<>();
    private final Deque<EndpointCall<?>> documents = new ArrayDeque<>();
    private int inARow;

    void addLast(EndpointCall<?> call) {
        queue(call).addLast(call);
    }

    /** Puts a call back to where it was taken from. */
    void addFirst(EndpointCall<?> call) {
        queue(call).addFirst(call);
    }

    /** Returns the call that goes next, or null where nobody waits. */
    @Nullable EndpointCall<?> peek() {
        queries.removeIf(call -> call.result.isDone());
        documents.removeIf(call -> call.result.isDone());
        boolean documentsTurn = queries.isEmpty() || inARow >= QUERIES_IN_A_ROW;
        return documentsTurn && !documents.isEmpty() ? documents.peekFirst() : queries.peekFirst();
    }

    /** Takes the call that {@link #peek} returned. */
    void remove(EndpointCall<?> call) {
        inARow = call.urgency == Urgency.QUERY ? inARow + 1 : 0;
        Objects.requireNonNull(queue(call).pollFirst());
    }

    /** Takes the queries for which the condition holds. */
    List<EndpointCall<?>> removeQueries(Predicate<EndpointCall<?>> condition) {
        List<EndpointCall<?>> removed = queries.stream().filter(condition).toList();
        queries.removeAll(removed);
        return removed;
    }

    List<EndpointCall<?>> clear() {
        List<EndpointCall<?>> all =
                new ArrayList<>(Stream.concat(queries.stream(), documents.stream()).toList());
        queries.clear();
        documents.clear();
        return all;
    }

    int queries() {
        return queries.size();
    }

    int size() {
        return queries.size() + documents.size();
    }

    private Deque<EndpointCall<?>> queue(EndpointCall<?> call) {
        return call.urgency == Urgency.QUERY ? queries : documents;
    }
}
