// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.RerankJob;
import io.streamrank.config.JobConfig;
import io.streamrank.kafka.KafkaConfig;
import io.streamrank.local.client.Answer;
import io.streamrank.local.client.Connection;
import io.streamrank.local.client.Queries;
import io.streamrank.local.client.TopicNames;
import io.streamrank.local.cluster.LocalStack;
import io.streamrank.local.evaluate.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** Kafka to Kafka: an embedded broker, the job, and queries that bring their passages. */
final class Pipeline implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration STEP = Duration.ofMillis(20);

    private final LocalStack stack;
    private final JobClient job;
    private final Queries queries;
    private long sent;

    private Pipeline(LocalStack stack, JobClient job, Queries queries) {
        this.stack = stack;
        this.job = job;
        this.queries = queries;
    }

    /** Starts everything; the job loads its models until its first answer. */
    static Pipeline start(Map<String, String> settings, @Nullable String model, int parallelism) throws Exception {
        Configuration flink = new Configuration();
        // A benchmark that fails should say so, not try again.
        flink.setString("restart-strategy.type", "none");
        LocalStack stack = LocalStack.start(0, parallelism, flink);
        try {
            Map<String, String> all = new HashMap<>(settings);
            all.put("kafka.bootstrap-servers", stack.kafka().bootstrapServers());
            all.putIfAbsent("kafka.topics.partitions", Integer.toString(parallelism));
            JobConfig config = new Setup(all, null, model).config(1);
            StreamExecutionEnvironment env = stack.cluster().environment();
            env.configure(config.flinkConfiguration());
            RerankJob.connect(env, config);
            JobClient job = env.executeAsync("benchmark");
            KafkaConfig kafka = config.kafka();
            Queries queries = new Queries(
                    new Connection(kafka.bootstrapServers(), Map.of()),
                    new TopicNames(
                            kafka.documentsTopic(),
                            kafka.queriesTopic(),
                            kafka.resultsTopic(),
                            kafka.deadLettersTopic()));
            return new Pipeline(stack, job, queries);
        } catch (Exception e) {
            stack.close();
            throw e;
        }
    }

    /**
     * As fast as it goes.
     *
     * @param window queries under way at the same time
     */
    Round run(List<Ask> asks, Limit.Pairs work, int window) throws Exception {
        Meter meter = new Meter();
        long first = sent;
        Flight flight = new Flight();
        while (flight.answered < asks.size()) {
            while (sent - first < asks.size() && flight.underWay.size() < window) {
                flight.send(asks.get((int) (sent - first)), System.nanoTime());
            }
            flight.hear(STEP);
        }
        return meter.round(work, 0);
    }

    /** Queries at random times, so many a second on average, whether the job keeps up or not; from when each was due. */
    Latencies open(List<Ask> asks, double perSecond) throws Exception {
        Random random = new Random(asks.size());
        Flight flight = new Flight();
        double due = System.nanoTime();
        for (Ask ask : asks) {
            due += -Math.log(1 - random.nextDouble()) * 1e9 / perSecond;
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
    private final class Flight {
        private final Map<String, Long> underWay = new HashMap<>();
        private final List<Long> nanos = new ArrayList<>();
        private long lastNews = System.nanoTime();
        private int answered;

        void send(Ask ask, long since) throws InterruptedException {
            String request = Long.toString(sent++);
            ObjectNode query = JSON.createObjectNode().put("id", request).put("query", ask.query());
            ask.passages().forEach(query.withArray("documents")::add);
            underWay.put(request, since);
            queries.send(query, request, 0);
        }

        void hear(Duration patience) throws Exception {
            for (Answer answer = queries.answer(patience); answer != null; answer = queries.answer(Duration.ZERO)) {
                Long since = underWay.remove(answer.request());
                if (since != null) {
                    lastNews = System.nanoTime();
                    nanos.add(lastNews - since);
                    answered++;
                    refuseDegraded(answer);
                }
            }
            failWithJob();
        }

        private void refuseDegraded(Answer answer) {
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
                throw new IllegalStateException("the job refused a query: " + refusal.reason());
            }
            if (System.nanoTime() - lastNews > PATIENCE.toNanos()) {
                throw new IllegalStateException("no answer for " + PATIENCE.toMinutes() + " minutes");
            }
        }
    }

    @Override
    public void close() {
        queries.close();
        stack.close();
    }
}
