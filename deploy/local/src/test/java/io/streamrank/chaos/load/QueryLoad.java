// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.chaos.cluster.FlinkRest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A client of the job: asks at a steady pace and reads what is committed, on a thread of its own, from the first answer
 * on. Nothing that it asks is lost on its side: its producer retries for as long as a broker may be away.
 */
public final class QueryLoad implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Many times as long as until somebody looks whether all is answered. */
    private static final long LEAST_MS = 3_000;

    private final int texts;
    private final KafkaProducer<byte[], byte[]> producer;
    private final CommittedReader results;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger asked = new AtomicInteger();
    /** By id; each answer that was read. A list is never changed, so whoever has one may read it. */
    private final Map<String, List<JsonNode>> answers = new ConcurrentHashMap<>();

    private final AnswerLatencies latencies = new AnswerLatencies();
    private final Queue<Exception> problems = new ConcurrentLinkedQueue<>();
    private int steadyPerSecond;
    private volatile ObjectNode template = JSON.createObjectNode();
    private @Nullable ScheduledFuture<?> pace;

    /** The topics exist. */
    public QueryLoad(String bootstrapServers) {
        this(bootstrapServers, 40);
    }

    /**
     * The topics exist.
     *
     * @param texts that are asked in turn
     */
    public QueryLoad(String bootstrapServers, int texts) {
        this.texts = texts;
        producer = ClientSettings.producer(bootstrapServers);
        results = new CommittedReader(bootstrapServers, "ranked-results", this::answered);
    }

    public void sendDocuments() {
        for (int i = 0; i < ChaosCorpus.DOCUMENTS; i++) {
            send("documents", ChaosCorpus.documentId(i), bytes(ChaosCorpus.document(i)));
        }
        producer.flush();
    }

    /** Members that all queries from now on have, such as timeout_ms. */
    public void ask(ObjectNode members) {
        template = members;
    }

    /** Asks the next query and returns its number. */
    public int ask() {
        int number = asked.getAndIncrement();
        ask("q" + number, ChaosCorpus.query(number % texts).setAll(template));
        return number;
    }

    /** Asks something beside the numbered queries. */
    public void ask(String id, JsonNode query) {
        latencies.sent(id);
        send("queries", id, bytes(((ObjectNode) query).put("id", id)));
    }

    /** Asks each text once and returns the answers by text. */
    public Map<String, JsonNode> askUndisturbed() {
        int first = asked.get();
        burst(texts);
        return Verdict.undisturbed(this, first, asked.get());
    }

    /** How many texts there are. */
    public int texts() {
        return texts;
    }

    /** Asks so many at once and waits until all are answered. */
    public void burst(int queries) {
        int first = asked.get();
        for (int i = 0; i < queries; i++) {
            ask();
        }
        int end = asked.get();
        FlinkRest.await("the answers to " + queries + " queries", () -> isAnswered(first, end));
    }

    /**
     * Returns the queries a second that the job does, from the time that so many take together; at least one. Where they take little,
     * more are sent, or the start and the end of that time would count for most of it.
     */
    public int capacity(int queries) {
        for (int together = queries; ; together *= 2) {
            long start = System.nanoTime();
            burst(together);
            long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
            if (millis >= LEAST_MS) {
                return (int) Math.max(1, together * 1_000L / millis);
            }
        }
    }

    public void start(int queriesPerSecond) {
        pace = clock.scheduleAtFixedRate(this::askQuietly, 0, 1_000_000 / queriesPerSecond, TimeUnit.MICROSECONDS);
    }

    /**
     * Asks a number a second that the job can do: half its capacity, and at most so many. If it could not, each incident would
     * wait for the queries before it, and tell of the machine.
     */
    public void startSteadily(int most) {
        if (steadyPerSecond == 0) {
            steadyPerSecond = Math.max(1, Math.min(most, capacity(texts) / 2));
        }
        start(steadyPerSecond);
    }

    /** Where the executor swallowed it, the load would end unseen. */
    private void askQuietly() {
        try {
            ask();
        } catch (RuntimeException e) {
            problems.add(e);
        }
    }

    /** Asks no more by itself, until it is started again. */
    public void stop() throws Exception {
        if (pace != null) {
            pace.cancel(false);
            clock.submit(() -> {}).get(10, TimeUnit.MINUTES); // behind the last one
        }
        producer.flush();
    }

    /** Asks no more by itself and waits until everything is answered; what is not after a long time is missing. */
    public void settle() throws Exception {
        stop();
        FlinkRest.comesTrue("an answer to each of " + asked + " queries", () -> isAnswered(0, asked.get()));
    }

    /** The same, and then until a second answer to any of them would have been read, too. */
    public void settle(FlinkRest rest, String job) throws Exception {
        settle();
        rest.awaitCheckpoints(job);
        results.readToEnd();
    }

    private boolean isAnswered(int from, int to) {
        return IntStream.range(from, to).noneMatch(i -> answers(i).isEmpty());
    }

    public int asked() {
        return asked.get();
    }

    /** Returns how many queries from a number on have no answer yet. */
    public int unanswered(int from) {
        return (int) IntStream.range(from, asked.get())
                .filter(i -> answers(i).isEmpty())
                .count();
    }

    public AnswerLatencies latencies() {
        return latencies;
    }

    public List<JsonNode> answers(int query) {
        return answers("q" + query);
    }

    public List<JsonNode> answers(String id) {
        return answers.getOrDefault(id, List.of());
    }

    /** Asks one more query and waits until it is answered; what is not after a long time is missing. */
    public Duration timeToAnswer() {
        long start = System.nanoTime();
        int probe = ask();
        FlinkRest.comesTrue("an answer to query " + probe, () -> isAnswered(probe, probe + 1));
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Reads no faster than one batch in so long. */
    public void slowDown(Duration pauseBetweenReads) {
        results.slowDown(pauseBetweenReads);
    }

    /** Of this client's own, which are no fault of the job's. */
    public List<Exception> problems() {
        return Stream.concat(problems.stream(), results.problems().stream()).toList();
    }

    /** Sends a record; a null value deletes. */
    public void send(String topic, String key, byte @Nullable [] value) {
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value), (metadata, problem) -> {
            if (problem != null) {
                problems.add(problem);
            }
        });
    }

    private void answered(ConsumerRecord<byte[], byte[]> record) {
        JsonNode answer = json(record.value());
        String id = answer.path("id").asText();
        latencies.answered(id);
        answers.merge(id, List.of(answer), QueryLoad::joined);
    }

    private static List<JsonNode> joined(List<JsonNode> some, List<JsonNode> more) {
        List<JsonNode> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    public static byte[] bytes(JsonNode value) {
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode json(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        clock.shutdownNow();
        producer.close(Duration.ZERO);
        results.close();
    }
}
