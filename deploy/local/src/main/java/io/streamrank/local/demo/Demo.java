// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.config.JobConfig;
import io.streamrank.gateway.GatewayServer;
import io.streamrank.kafka.TopicCreator;
import io.streamrank.local.client.DocumentLoader;
import io.streamrank.local.client.DocumentSender;
import io.streamrank.local.client.KafkaConnection;
import io.streamrank.local.client.QueryClient;
import io.streamrank.local.client.RejectedRecord;
import io.streamrank.local.client.TopicNames;
import io.streamrank.local.cluster.LocalCluster;
import io.streamrank.local.cluster.LocalJob;
import io.streamrank.local.cluster.LocalStack;
import io.streamrank.local.console.CacheDirectory;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.Progress;
import io.streamrank.local.console.RankingTable;
import io.streamrank.local.console.StopSignal;
import io.streamrank.local.data.BadRecord;
import io.streamrank.local.data.BadRecords;
import io.streamrank.local.data.DocumentConverter;
import io.streamrank.local.data.FileRecord;
import io.streamrank.operator.query.ReplyConfig;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.jspecify.annotations.Nullable;

/**
 * Runs a demonstration: documents into Kafka, the job over them, queries, answers.
 *
 * @param documents the user's file, or null for the bundled corpus
 * @param idField the member that holds a document's id, or null for the usual ones
 * @param window queries under way at the same time
 * @param output where the answers go, or null to show them
 * @param settings of the job
 * @param webPort of the gateway and its page if it is free, 0 for any, or null for no gateway
 */
public record Demo(
        Console console,
        @Nullable Path documents,
        @Nullable String idField,
        DemoQueryDefaults asked,
        int window,
        @Nullable Path output,
        Map<String, String> settings,
        @Nullable Integer webPort) {
    /** Where only the other settings matter. */
    private static final String ANY_SERVER = "localhost:9092";

    /** Nobody else writes to its Kafka before it is ready. */
    private static final String LOAD = "demo";

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns the exit code. */
    @SuppressWarnings("try") // the signals' handler is there, and needs nothing
    public int run(List<FileRecord> list, BadRecords badQueries, int parallelism, int port, boolean keepRunning)
            throws Exception {
        long begin = System.nanoTime();
        BadRecords badDocuments = BadRecords.of("document", "documents", documents);
        try (StopSignal unused = StopSignal.here();
                BundledCorpus bundled =
                        documents == null ? BundledCorpus.start(config(ANY_SERVER), CacheDirectory.path()) : null;
                LocalStack stack = start(parallelism, port)) {
            KafkaConnection connection = new KafkaConnection(stack.kafka().bootstrapServers(), Map.of());
            JobConfig config = config(stack.kafka().bootstrapServers());
            TopicNames topics = LocalJob.topics(config);
            new TopicCreator(config.kafka()).createMissing();
            try (QueryClient queries = new QueryClient(connection, topics);
                    GatewayServer gateway = webPort == null ? null : DemoGateway.start(webPort, config)) {
                long sent = load(bundled, connection, topics.documents(), badDocuments);
                JobClient job = LocalJob.submit(config, stack.cluster());
                QueryRun run = new QueryRun(
                        queries,
                        job,
                        window,
                        refusal -> note(refusal, topics, badDocuments, badQueries),
                        patience(config),
                        System::nanoTime);
                long searchable = awaitSearchable(run, config, sent);
                console.say(String.format(
                        Locale.ROOT,
                        "%,d documents searchable after %.1f s",
                        searchable,
                        (System.nanoTime() - begin) / 1e9));
                ask(run, list, searchable);
                badDocuments.print(console);
                badQueries.print(console);
                if (keepRunning) {
                    URI page = gateway == null ? null : gateway.address();
                    new KeepRunning(console, connection.bootstrapServers(), topics, page).until(job);
                }
                return Math.max(badDocuments.exitCode(), badQueries.exitCode());
            }
        }
    }

    /** Returns how long an answer may take on a slow machine, with the reply on top. */
    static Duration patience(JobConfig config) {
        ReplyConfig reply = config.reply();
        return reply == null ? PATIENCE : PATIENCE.plus(reply.timeout());
    }

    private LocalStack start(int parallelism, int port) throws Exception {
        console.status("starting Kafka and Flink …");
        Configuration flink = LocalCluster.withoutRestarts(config(ANY_SERVER).flinkConfiguration());
        LocalStack stack = LocalStack.start(port, parallelism, flink);
        console.status("");
        return stack;
    }

    private JobConfig config(String bootstrapServers) {
        Map<String, String> all = new HashMap<>(settings);
        all.putIfAbsent("kafka.topics.partitions", "1");
        all.put(LocalJob.BOOTSTRAP_SERVERS, bootstrapServers);
        return LocalJob.config(null, all);
    }

    private long load(@Nullable BundledCorpus bundled, KafkaConnection connection, String topic, BadRecords bad)
            throws Exception {
        if (bundled == null) {
            return new DocumentLoader(console, connection, topic, new DocumentConverter(idField, null), bad, LOAD)
                    .run(Objects.requireNonNull(documents));
        }
        try (DocumentSender sender = new DocumentSender(connection, topic, bad, LOAD)) {
            bundled.documents(console).forEach(sender::send);
            return sender.flush();
        }
    }

    /** How many there are; fewer than were sent where some were refused or had the same id. */
    private long awaitSearchable(QueryRun run, JobConfig config, long sent) throws Exception {
        String task = documents == null ? "starting the job" : "embedding documents";
        try (Progress progress = new Progress(console, task, " docs", 1, sent)) {
            run.awaitReady(config.dimension(), () -> progress.to(LocalJob.searchable(config)));
            return LocalJob.searchable(config);
        }
    }

    private void ask(QueryRun run, List<FileRecord> list, long documentCount) throws Exception {
        if (list.isEmpty()) {
            return;
        }
        QuerySummary summary = new QuerySummary(System::nanoTime);
        if (output == null) {
            Map<FileRecord, FileRecord> asWritten = new HashMap<>();
            list.forEach(query -> asWritten.put(asked.inFull(query), query));
            run.run(list.stream().map(asked::inFull).toList(), (query, result) -> {
                summary.add(result);
                new RankingTable(console, asked.wantedHits(asWritten.getOrDefault(query, query))).print(result);
            });
            console.print("");
        } else {
            try (BufferedWriter out = Files.newBufferedWriter(output);
                    Progress progress = new Progress(console, "asking", " queries", 1, list.size())) {
                int[] answered = {0};
                run.run(list, (query, result) -> {
                    summary.add(result);
                    write(out, result);
                    progress.to(++answered[0]);
                });
            }
        }
        console.print(summary.line(documentCount));
    }

    private static void write(BufferedWriter out, JsonNode result) throws IOException {
        out.write(JSON.writeValueAsString(result));
        out.newLine();
    }

    private static void note(
            RejectedRecord refusal, TopicNames topics, BadRecords badDocuments, BadRecords badQueries) {
        BadRecords problems = refusal.topic().equals(topics.documents()) ? badDocuments : badQueries;
        problems.accept(new BadRecord(refusal.line(), refusal.reason()));
    }
}
