// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.ingest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.benchmark.measurement.Measurement;
import io.streamrank.benchmark.measurement.ResourceMeter;
import io.streamrank.benchmark.search.ClusteredVectors;
import io.streamrank.config.JobConfig;
import io.streamrank.kafka.TopicCreator;
import io.streamrank.local.client.Answer;
import io.streamrank.local.client.DocumentSender;
import io.streamrank.local.client.KafkaConnection;
import io.streamrank.local.client.QueryClient;
import io.streamrank.local.cluster.LocalCluster;
import io.streamrank.local.cluster.LocalJob;
import io.streamrank.local.cluster.LocalMetrics;
import io.streamrank.local.cluster.LocalStack;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.Progress;
import io.streamrank.local.data.FileRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;

/**
 * Measures how fast documents that bring their vectors become searchable, and how long the first searches then take. The documents
 * lie on the topic before the job starts. The clock runs from the first record that the job decodes until each of its parallel
 * parts has the last document.
 *
 * @param settings of the job
 * @param documents how many
 * @param parallelism of the job, and partitions of the topics
 */
public record IngestBenchmark(Console console, Map<String, String> settings, int documents, int parallelism) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration STEP = Duration.ofMillis(10);
    private static final int SEARCHES = 10;
    /** Some 40 words, as a paragraph has. */
    private static final String TEXT = "document %d says something about "
            + "the ways of streams and tables, of keys and windows, and of what remains when a job starts again "
                    .repeat(3);

    /** Loads and searches with each form of vectors. */
    public void run() throws Exception {
        console.print(String.format(
                Locale.ROOT,
                "%,d documents with vectors of %d numbers, parallelism %d",
                documents,
                ClusteredVectors.DIMENSION,
                parallelism));
        for (VectorForm form : VectorForm.values()) {
            Configuration flink = LocalCluster.withoutRestarts(new Configuration());
            try (LocalStack stack = LocalStack.start(0, parallelism, flink)) {
                measure(form, stack);
            }
        }
    }

    private void measure(VectorForm form, LocalStack stack) throws Exception {
        JobConfig config = config(stack);
        new TopicCreator(config.kafka()).createMissing();
        KafkaConnection connection = new KafkaConnection(config.kafka().bootstrapServers(), Map.of());
        write(form, connection, config.kafka().documentsTopic());
        console.status("starting the job …");
        JobClient job = LocalJob.submit(config, stack.cluster());
        await(job, () -> LocalMetrics.sum("documents.received") > 0);
        ResourceMeter meter = new ResourceMeter();
        await(job, () -> LocalMetrics.sum("corpus.loaded") == parallelism && LocalJob.searchable(config) == documents);
        Measurement round = meter.round(documents, 0);
        List<Long> searches = new ArrayList<>();
        try (QueryClient queries = new QueryClient(connection, LocalJob.topics(config))) {
            ClusteredVectors asked = new ClusteredVectors(3);
            for (int i = 0; i < SEARCHES * parallelism; i++) {
                searches.add(search(queries, form, asked.next(), i, job));
            }
        }
        console.status("");
        double seconds = round.nanos() / 1e9;
        console.print(String.format(
                Locale.ROOT,
                "%-7s  %,9.0f documents/s  %6.1f s  %5.0f µs of CPU a document  ms of the searches after it: %s",
                form.name().toLowerCase(Locale.ROOT),
                documents / seconds,
                seconds,
                round.cpuNanos() / 1e3 / documents,
                searches.stream().map(String::valueOf).collect(Collectors.joining(" "))));
        job.cancel().get();
    }

    private JobConfig config(LocalStack stack) {
        Map<String, String> all = new HashMap<>();
        all.put("models.embedder.uri", "none");
        all.put("corpus.dimension", Integer.toString(ClusteredVectors.DIMENSION));
        all.put("kafka.topics.partitions", Integer.toString(parallelism));
        all.putAll(settings);
        all.put(LocalJob.BOOTSTRAP_SERVERS, stack.kafka().bootstrapServers());
        return LocalJob.config(null, all);
    }

    private void write(VectorForm form, KafkaConnection connection, String topic) {
        ClusteredVectors vectors = new ClusteredVectors(2);
        try (DocumentSender sender = new DocumentSender(
                        connection,
                        topic,
                        bad -> {
                            throw new IllegalStateException("a document of the benchmark " + bad.problem());
                        },
                        "benchmark");
                Progress progress = new Progress(console, "writing documents", " docs", 1, documents)) {
            for (int i = 0; i < documents; i++) {
                ObjectNode document = JSON.createObjectNode()
                        .put("id", "d" + i)
                        .put("text", String.format(Locale.ROOT, TEXT, i))
                        .put("number", i);
                form.put(document, vectors.next());
                sender.send(new FileRecord(0, document));
                progress.to(i + 1L);
            }
            long unused = sender.flush();
        }
    }

    /** Returns the milliseconds that the job needed to find the candidates. */
    private static long search(QueryClient queries, VectorForm form, float[] vector, int number, JobClient job)
            throws Exception {
        String request = "q" + number;
        ObjectNode query = JSON.createObjectNode()
                .put("id", request)
                .put("query", "what remains")
                .put("candidates", 1)
                .put("top_n", 1);
        form.put(query, vector);
        queries.send(query, request, 0);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            Answer answer = queries.answer(STEP);
            if (answer != null && answer.request().equals(request)) {
                return answer.result().at("/timing_ms/retrieve").asLong();
            }
            LocalJob.requireRunning(job);
        }
        throw new IllegalStateException("no answer came for " + PATIENCE.toMinutes() + " minutes");
    }

    /** Says whether something has come true. */
    private interface Condition {
        boolean holds();
    }

    private static void await(JobClient job, Condition condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            LocalJob.requireRunning(job);
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "the documents were not searchable after " + PATIENCE.toMinutes() + " minutes");
            }
            Thread.sleep(STEP.toMillis());
        }
    }
}
