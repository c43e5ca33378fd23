// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.systems;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.benchmark.measurement.Latencies;
import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.benchmark.measurement.ResourceMeter;
import io.streamrank.benchmark.workload.Arrivals;
import io.streamrank.benchmark.workload.RerankRequest;
import io.streamrank.inference.RerankingService;
import io.streamrank.local.client.Answer;
import io.streamrank.local.client.QueryClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.core.execution.JobClient;

/** Kafka to Kafka: one job and who asks it. Not thread-safe. */
public final class KafkaPipeline implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration STEP = Duration.ofMillis(20);

    private final int parallelism;
    private final JobClient job;
    private final QueryClient queries;
    private final RerankingService service;
    private long sent;

    /** Where the passages come from. */
    public enum Passages {
        /** The job embeds the query and finds them in its corpus. */
        RETRIEVED,
        /** The query brings them along, so that nothing is embedded and nothing searched. */
        BROUGHT
    }

    /** @param service the job's engine, which is the same for all in this process that want the same */
    KafkaPipeline(int parallelism, JobClient job, QueryClient queries, RerankingService service) {
        this.parallelism = parallelism;
        this.job = job;
        this.queries = queries;
        this.service = service;
    }

    public int parallelism() {
        return parallelism;
    }

    /**
     * As fast as it goes. What was done is as the answers tell it.
     *
     * @param window queries under way at the same time
     */
    public Measurement run(List<RerankRequest> asks, Passages passages, int window) throws Exception {
        ResourceMeter meter = ResourceMeter.of(service);
        long first = sent;
        InFlightQueries flight = new InFlightQueries(passages);
        while (flight.answered < asks.size()) {
            while (sent - first < asks.size() && flight.underWay.size() < window) {
                flight.send(asks.get((int) (sent - first)), System.nanoTime());
            }
            flight.hear(STEP);
        }
        return meter.round(flight.pairs, flight.tokens);
    }

    /** Plain queries, so many a second on average, whether the job keeps up or not; timed from when each was due. */
    public Latencies open(List<RerankRequest> asks, double perSecond, Arrivals arrivals) throws Exception {
        Random random = new Random(asks.size());
        InFlightQueries flight = new InFlightQueries(Passages.RETRIEVED);
        double due = System.nanoTime();
        for (RerankRequest ask : asks) {
            due += arrivals.gap(random) * 1e9 / perSecond;
            for (long wait = (long) due - System.nanoTime(); wait > 0; wait = (long) due - System.nanoTime()) {
                flight.hear(Duration.ofNanos(wait));
            }
            flight.send(ask, (long) due);
        }
        while (flight.answered < asks.size()) {
            flight.hear(STEP);
        }
        return Latencies.of(flight.nanos);
    }

    /** Queries that were sent and not answered. */
    private final class InFlightQueries {
        private final Passages passages;
        private final Map<String, Long> underWay = new HashMap<>();
        private final List<Long> nanos = new ArrayList<>();
        private long lastNews = System.nanoTime();
        private int answered;
        private long pairs;
        private long tokens;

        InFlightQueries(Passages passages) {
            this.passages = passages;
        }

        void send(RerankRequest ask, long since) throws InterruptedException {
            String request = Long.toString(sent++);
            ObjectNode query = JSON.createObjectNode().put("id", request).put("query", ask.query());
            if (passages == Passages.BROUGHT) {
                ask.passages().forEach(query.withArray("documents")::add);
            } else {
                query.put("candidates", ask.passages().size());
            }
            underWay.put(request, since);
            queries.send(query, request, 0);
        }

        void hear(Duration patience) throws Exception {
            for (Answer answer = queries.answer(patience); answer != null; answer = queries.answer(Duration.ZERO)) {
                Long since = underWay.remove(answer.request());
                if (since != null) {
                    lastNews = System.nanoTime();
                    nanos.add(lastNews - since);
                    count(answer);
                }
            }
            failWithJob();
        }

        private void count(Answer answer) {
            answered++;
            pairs += answer.result().at("/usage/pairs").asLong();
            tokens += answer.result().at("/usage/tokens").asLong();
            if (answer.result().path("degraded").asBoolean()) {
                throw new IllegalStateException("a query was answered degraded ("
                        + answer.result().path("degraded_reason").asText()
                        + "), so there is nothing to compare: give it more time with --set rerank.timeout=…");
            }
        }

        private void failWithJob() throws Exception {
            var end = job.getJobExecutionResult();
            if (end.isDone()) {
                end.get();
                throw new IllegalStateException("the job ended before its time");
            }
            var refusal = queries.refusal();
            if (refusal != null) {
                throw new IllegalStateException("the job refused a record: " + refusal.reason());
            }
            if (System.nanoTime() - lastNews > PATIENCE.toNanos()) {
                throw new IllegalStateException("no answer for " + PATIENCE.toMinutes() + " minutes");
            }
        }
    }

    @Override
    public void close() {
        queries.close();
    }
}
