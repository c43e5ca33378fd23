// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A client of the job: asks at a steady pace and reads what is committed, on a thread of its own, from the first answer
 * on. Nothing that it asks is lost on its side: its producer retries for as long as a broker may be away.
 */
final class Load implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int texts;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Thread reader = new Thread(this::read, "answers");
    private final AtomicInteger asked = new AtomicInteger();
    /** By id; each answer that was read. */
    private final Map<String, List<JsonNode>> answers = new ConcurrentHashMap<>();

    private final Latencies latencies = new Latencies();
    private final Queue<Exception> problems = new ConcurrentLinkedQueue<>();
    private volatile ObjectNode template = JSON.createObjectNode();
    private volatile boolean reading = true;
    private volatile Duration pause = Duration.ZERO;

    /** The topics exist. */
    Load(String bootstrapServers) {
        this(bootstrapServers, 40);
    }

    /**
     * The topics exist.
     *
     * @param texts that are asked in turn
     */
    Load(String bootstrapServers, int texts) {
        this.texts = texts;
        producer = Clients.producer(bootstrapServers);
        consumer = Clients.consumer(bootstrapServers);
        List<TopicPartition> partitions = consumer.partitionsFor("ranked-results").stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        reader.setDaemon(true);
        reader.start();
    }

    void sendDocuments() {
        for (int i = 0; i < Corpus.DOCUMENTS; i++) {
            send("documents", Corpus.documentId(i), Corpus.document(i));
        }
        producer.flush();
    }

    /** Members that all queries from now on have, such as timeout_ms. */
    void ask(ObjectNode members) {
        template = members;
    }

    /** Asks the next query and returns its number. */
    int ask() {
        int number = asked.getAndIncrement();
        ObjectNode query = template.deepCopy();
        query.put("id", "q" + number).put("query", Corpus.queryText(number % texts));
        query.put("candidates", 20).put("top_n", 5);
        latencies.sent("q" + number);
        send("queries", "q" + number, query);
        return number;
    }

    /** Asks each text once and returns the answers by text. */
    Map<String, JsonNode> askUndisturbed() {
        int first = asked.get();
        burst(texts);
        return Verdict.undisturbed(this, first, asked.get());
    }

    /** How many texts there are. */
    int texts() {
        return texts;
    }

    /** Asks so many at once and returns how long it took to answer them all. */
    Duration burst(int queries) {
        long start = System.nanoTime();
        int first = asked.get();
        for (int i = 0; i < queries; i++) {
            ask();
        }
        int end = asked.get();
        FlinkRest.await(
                "the answers to " + queries + " queries",
                () -> IntStream.range(first, end).noneMatch(i -> answers(i).isEmpty()));
        return Duration.ofNanos(System.nanoTime() - start);
    }

    void start(int queriesPerSecond) {
        clock.scheduleAtFixedRate(this::askQuietly, 0, 1_000_000 / queriesPerSecond, TimeUnit.MICROSECONDS);
    }

    /** Where the executor swallowed it, the load would end unseen. */
    private void askQuietly() {
        try {
            ask();
        } catch (RuntimeException e) {
            problems.add(e);
        }
    }

    /** Asks no more by itself. */
    void stop() throws InterruptedException {
        clock.shutdown();
        if (!clock.awaitTermination(10, TimeUnit.MINUTES)) {
            throw new AssertionError("a query could not be sent within 10 minutes");
        }
        producer.flush();
    }

    /** Asks no more by itself and waits until everything is answered. */
    void settle() throws InterruptedException {
        stop();
        FlinkRest.await("an answer to each of " + asked + " queries", () -> answers.size() >= asked.get());
    }

    int asked() {
        return asked.get();
    }

    Latencies latencies() {
        return latencies;
    }

    List<JsonNode> answers(int query) {
        return answers.getOrDefault("q" + query, List.of());
    }

    /** Asks one more query and waits until it is answered. */
    Duration timeToAnswer() {
        long start = System.nanoTime();
        int probe = ask();
        FlinkRest.await("an answer to query " + probe, () -> !answers(probe).isEmpty());
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Reads no faster than one batch in so long. */
    void slowDown(Duration pauseBetweenReads) {
        pause = pauseBetweenReads;
    }

    List<Exception> problems() {
        return List.copyOf(problems);
    }

    private void send(String topic, String key, ObjectNode value) {
        producer.send(
                new ProducerRecord<>(
                        topic,
                        key.getBytes(StandardCharsets.UTF_8),
                        value.toString().getBytes(StandardCharsets.UTF_8)),
                (metadata, problem) -> {
                    if (problem != null) {
                        problems.add(problem);
                    }
                });
    }

    private void read() {
        try {
            while (reading) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                    JsonNode answer = json(record.value());
                    String id = answer.path("id").asText();
                    latencies.answered(id);
                    answers.computeIfAbsent(id, unused -> new ArrayList<>()).add(answer);
                });
                if (!pause.isZero()) {
                    TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                }
            }
        } catch (RuntimeException | InterruptedException e) {
            problems.add(e);
        } finally {
            consumer.close();
        }
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
        reading = false;
        reader.join(Duration.ofSeconds(30).toMillis());
    }
}
