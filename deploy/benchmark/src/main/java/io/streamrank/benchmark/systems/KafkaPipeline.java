// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.systems;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.benchmark.measurement.Latencies;
import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.benchmark.measurement.ResourceMeter;
import io.streamrank.benchmark.measurement.ThreadCpu;
import io.streamrank.benchmark.workload.Arrivals;
import io.streamrank.benchmark.workload.RerankRequest;
import io.streamrank.inference.service.PassageReranker;
import io.streamrank.local.client.Answer;
import io.streamrank.local.client.QueryClient;
import io.streamrank.local.cluster.LocalJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.flink.core.execution.JobClient;

/** Sends queries to one job through Kafka and reads its answers. Not thread-safe. */
public final class KafkaPipeline implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** Finds the names of the threads of the broker in this process. */
    private static final Pattern BROKER = Pattern.compile(
            "^(data-plane-|kafka-\\d|quorum-|broker-|raft-|group-|TxnMarker|ThrottledChannel|Expiration)|-reaper$");

    private static final Duration STEP = Duration.ofMillis(20);

    private final int parallelism;
    private final JobClient job;
    private final QueryClient queries;
    private final PassageReranker service;
    private long sent;

    /** Says where the passages come from. */
    public enum Passages {
        /** The job embeds the query and finds them in its corpus. */
        RETRIEVED,
        /** The query brings them along, so that nothing is embedded and nothing searched. */
        BROUGHT
    }

    /** Takes the job's engine, which is the same for all in this process that want the same. */
    KafkaPipeline(int parallelism, JobClient job, QueryClient queries, PassageReranker service) {
        this.parallelism = parallelism;
        this.job = job;
        this.queries = queries;
        this.service = service;
    }

    public int parallelism() {
        return parallelism;
    }

    /**
     * Sends queries as fast as they are answered. What was done is as the answers tell it.
     *
     * @param window queries under way at the same time
     */
    public Measurement run(List<RerankRequest> requests, Passages passages, int window) throws Exception {
        ResourceMeter meter = ResourceMeter.of(service);
        ThreadCpu threads = new ThreadCpu();
        long first = sent;
        InFlightQueries inFlight = new InFlightQueries(passages);
        while (inFlight.answered < requests.size()) {
            while (sent - first < requests.size() && inFlight.underWay.size() < window) {
                inFlight.send(requests.get((int) (sent - first)), System.nanoTime());
            }
            inFlight.poll(STEP);
        }
        return meter.round(inFlight.pairs, inFlight.tokens).withJob(threads.nanos(KafkaPipeline::isOfAJob));
    }

    /** Returns whether a thread is neither this client's nor the broker's. Producers of both have the same names, and count. */
    private static boolean isOfAJob(String thread) {
        return !thread.equals(Thread.currentThread().getName())
                && !BROKER.matcher(thread).find();
    }

    /**
     * Holds how long queries took that were sent one after the other.
     *
     * @param all from sending a query to reading its answer
     * @param job the part of it from when the job read the query to its answer, as the answers tell it in whole milliseconds
     * @param rerank the part of that in which the reranker had it, told likewise
     */
    public record OneByOne(Latencies all, Latencies job, Latencies rerank) {}

    /** Sends one query after the other, with their passages, each when the last one is answered. */
    public OneByOne oneByOne(List<RerankRequest> requests) throws Exception {
        InFlightQueries inFlight = new InFlightQueries(Passages.BROUGHT);
        for (RerankRequest request : requests) {
            inFlight.send(request, System.nanoTime());
            while (!inFlight.underWay.isEmpty()) {
                inFlight.poll(STEP);
            }
        }
        return new OneByOne(Latencies.of(inFlight.nanos), millis(inFlight.jobMillis), millis(inFlight.rerankMillis));
    }

    private static Latencies millis(List<Long> times) {
        return new Latencies(times.stream().mapToDouble(Long::doubleValue).toArray());
    }

    /**
     * Sends plain queries, so many a second on average, whether the job keeps up or not; timed from when each was due.
     */
    public Latencies open(List<RerankRequest> requests, double perSecond, Arrivals arrivals) throws Exception {
        Random random = new Random(requests.size());
        InFlightQueries inFlight = new InFlightQueries(Passages.RETRIEVED);
        double due = System.nanoTime();
        for (RerankRequest request : requests) {
            due += arrivals.gap(random) * 1e9 / perSecond;
            for (long wait = (long) due - System.nanoTime(); wait > 0; wait = (long) due - System.nanoTime()) {
                inFlight.poll(Duration.ofNanos(wait));
            }
            inFlight.send(request, (long) due);
        }
        while (inFlight.answered < requests.size()) {
            inFlight.poll(STEP);
        }
        return Latencies.of(inFlight.nanos);
    }

    /** Holds queries that were sent and not answered. */
    private final class InFlightQueries {
        private final Passages passages;
        private final Map<String, Long> underWay = new HashMap<>();
        private final List<Long> nanos = new ArrayList<>();
        private final List<Long> jobMillis = new ArrayList<>();
        private final List<Long> rerankMillis = new ArrayList<>();
        private long lastAnswer = System.nanoTime();
        private int answered;
        private long pairs;
        private long tokens;

        InFlightQueries(Passages passages) {
            this.passages = passages;
        }

        void send(RerankRequest request, long since) {
            String id = Long.toString(sent++);
            ObjectNode query = JSON.createObjectNode().put("id", id).put("query", request.query());
            if (passages == Passages.BROUGHT) {
                request.passages().forEach(query.withArray("documents")::add);
            } else {
                query.put("candidates", request.passages().size());
            }
            underWay.put(id, since);
            queries.send(query, id, 0);
        }

        void poll(Duration patience) throws Exception {
            for (Answer answer = queries.answer(patience); answer != null; answer = queries.answer(Duration.ZERO)) {
                Long since = underWay.remove(answer.request());
                if (since != null) {
                    lastAnswer = System.nanoTime();
                    nanos.add(lastAnswer - since);
                    count(answer);
                }
            }
            failWithoutAnswers();
        }

        private void count(Answer answer) {
            answered++;
            pairs += answer.result().at("/usage/pairs").asLong();
            tokens += answer.result().at("/usage/tokens").asLong();
            JsonNode timing = answer.result().path("timing_ms");
            jobMillis.add(timing.path("total").asLong() - timing.path("queue").asLong());
            rerankMillis.add(timing.path("rerank").asLong());
            if (answer.result().path("degraded").asBoolean()) {
                throw new IllegalStateException("a query was answered degraded ("
                        + answer.result().path("degraded_reason").asText()
                        + "), so there is nothing to compare: give it more time with --set rerank.timeout=…");
            }
        }

        private void failWithoutAnswers() throws Exception {
            LocalJob.requireRunning(job);
            var refusal = queries.refusal();
            if (refusal != null) {
                throw new IllegalStateException("the job refused a record: " + refusal.reason());
            }
            if (System.nanoTime() - lastAnswer > PATIENCE.toNanos()) {
                throw new IllegalStateException("no answer for " + PATIENCE.toMinutes() + " minutes");
            }
        }
    }

    @Override
    public void close() {
        queries.close();
    }
}
