// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.local.client.Answer;
import io.streamrank.local.client.QueryClient;
import io.streamrank.local.client.RejectedRecord;
import io.streamrank.local.cluster.LocalJob;
import io.streamrank.local.data.DocumentConverter;
import io.streamrank.local.data.FileRecord;
import io.streamrank.local.data.QueryFile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.flink.core.execution.JobClient;
import org.jspecify.annotations.Nullable;

/**
 * Sends a list of queries and hands on the answers in the order of the queries.
 *
 * @param window queries under way at the same time
 * @param refused receives the queries that the job refused, and the documents too
 * @param patience how long there may be no answer
 * @param clock of nanoseconds
 */
record QueryRun(
        QueryClient queries,
        JobClient job,
        int window,
        Consumer<RejectedRecord> refused,
        Duration patience,
        LongSupplier clock) {
    private static final Duration STEP = Duration.ofMillis(100);
    private static final String PROBE = "probe";

    /** Receives answers. */
    interface Listener {
        void answer(FileRecord query, JsonNode result) throws IOException;
    }

    /**
     * Returns when the job has loaded its corpus and its models: queries wait for that, so a first one is asked whose
     * answer nobody needs.
     *
     * @param dimension of vectors, if the job has no embedder; null if it has one
     * @param tick called while waiting
     */
    void awaitReady(@Nullable Integer dimension, Runnable tick) throws Exception {
        queries.send(probe(dimension), PROBE, 0);
        while (true) {
            Answer answer = queries.answer(STEP);
            if (drainRefusals().contains(PROBE) || answer != null) {
                return;
            }
            LocalJob.requireRunning(job);
            tick.run();
        }
    }

    /** Returns a query that waits for the corpus. Without an embedder the job refuses one that brings no vector. */
    static ObjectNode probe(@Nullable Integer dimension) {
        ObjectNode probe =
                QueryFile.plain("ready?").put("id", PROBE).put("candidates", 1).put("top_n", 1);
        if (dimension != null) {
            float[] vector = new float[dimension];
            Arrays.fill(vector, 1);
            DocumentConverter.embed(probe, vector);
        }
        return probe;
    }

    /** Asks all. */
    void run(List<FileRecord> list, Listener listener) throws Exception {
        Iterator<FileRecord> rest = list.iterator();
        Deque<String> order = new ArrayDeque<>();
        Map<String, FileRecord> underWay = new HashMap<>();
        Map<String, JsonNode> arrived = new HashMap<>();
        Set<String> ids = new HashSet<>();
        list.forEach(query -> ids.add(query.content().path("id").asText()));
        long lastNews = clock.getAsLong();
        while (rest.hasNext() || !order.isEmpty()) {
            while (rest.hasNext() && order.size() < window) {
                FileRecord query = rest.next();
                String request = request(query, ids);
                queries.send(query.content(), request, query.line());
                order.add(request);
                underWay.put(request, query);
            }
            Answer answer = queries.answer(STEP);
            if (answer != null && underWay.containsKey(answer.request())) {
                arrived.put(answer.request(), answer.result());
                lastNews = clock.getAsLong();
            }
            underWay.keySet().removeAll(drainRefusals());
            handOn(order, underWay, arrived, listener);
            LocalJob.requireRunning(job);
            if (clock.getAsLong() - lastNews > patience.toNanos()) {
                throw new IllegalStateException(order.size() + " queries were not answered within "
                        + patience.toMinutes() + " minutes; the first is " + order.getFirst());
            }
        }
    }

    /** Returns a name that no other query has; the answer has it for an id where the query has none. */
    private static String request(FileRecord query, Set<String> taken) {
        String line = "line-" + query.line();
        String request = line;
        for (int copy = 2; !taken.add(request); copy++) {
            request = line + '-' + copy;
        }
        return request;
    }

    private static void handOn(
            Deque<String> order, Map<String, FileRecord> underWay, Map<String, JsonNode> arrived, Listener listener)
            throws IOException {
        while (!order.isEmpty()) {
            FileRecord query = underWay.get(order.getFirst());
            JsonNode result = arrived.remove(order.getFirst());
            if (query != null && result == null) {
                return;
            }
            if (query != null) {
                listener.answer(query, result);
            }
            underWay.remove(order.removeFirst());
        }
    }

    /** Passes on what was refused and returns the requests; those of documents are the load's name. */
    private Set<String> drainRefusals() {
        Set<String> requests = new HashSet<>();
        for (RejectedRecord refusal = queries.refusal(); refusal != null; refusal = queries.refusal()) {
            if (!PROBE.equals(refusal.request())) {
                refused.accept(refusal);
            }
            if (refusal.request() != null) {
                requests.add(refusal.request());
            }
        }
        return requests;
    }
}
