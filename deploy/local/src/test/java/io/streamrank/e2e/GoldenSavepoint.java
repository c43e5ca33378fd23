// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.e2e;

import io.streamrank.local.cluster.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** What the kept savepoint holds, and how it is made. */
final class GoldenSavepoint {
    static final Path FOLDER = Path.of("src", "test", "resources", "golden", "savepoint");

    private static final Path MODELS =
            Path.of("..", "models", "golden").toAbsolutePath().normalize();

    /** Of the job that goes on; one partition, so that offsets are the same with every broker. */
    static final Map<String, String> SETTINGS = Map.of(
            "kafka.topics.partitions", "1",
            "corpus.max-documents", "3",
            "rerank.timeout", "1 h",
            "models.embedder.uri", MODELS.resolve("tiny-bi-encoder").toUri().toString(),
            "models.reranker.uri", MODELS.resolve("tiny-cross-encoder").toUri().toString());

    /** Something on a topic; without a value it deletes. */
    record Sent(String key, @Nullable String value) {}

    /** The models are kept busy, so what brings no vector of its own is still on its way to the embedder. */
    static final List<Sent> DOCUMENTS = List.of(
            new Sent("books/own", withVector(book("own", 1999, "ship"), 0)),
            new Sent("books/old", withVector(book("old", 1950, "shark"), 1)),
            new Sent("books/gone", withVector(book("gone", 2000, "deleted"), 2)),
            new Sent("books/gone", null),
            new Sent("books/fresh", book("fresh", 2001, "boat")));

    /** Too long for the embedder, so waiting for the corpus; on its way to the embedder; on its way to the reranker. */
    static final List<Sent> QUERIES = List.of(
            new Sent("late", """
                    {"id":"late","query":"%s","collection":"books"}""".formatted("sea ".repeat(2_000))), new Sent("filtered", """
                    {"id":"filtered","query":"sea","collection":"books","candidates":10,"top_n":2,\
                    "rank_fields":["title"],"return_documents":true,"filter":{"year":{"gt":1990}}}"""), new Sent("inline", """
                    {"id":"inline","query":"sea","documents":["water",{"id":"d7","text":"fire"}]}"""));

    private static final int DIMENSION = 32;

    private GoldenSavepoint() {}

    /** Makes it anew from the job of today. */
    static void write() throws Exception {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("embed.max-queued-tokens", "1000");
        settings.put("corpus.max-documents", "4");
        Path written = Files.createTempDirectory("streamrank-savepoint-");
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                BlockedWorkers unused = BlockedWorkers.block();
                RunningJob job = new RunningJob(kafka.bootstrapServers(), settings)) {
            job.createTopics();
            Header trace = new RecordHeader("trace", "abc".getBytes(StandardCharsets.UTF_8));
            DOCUMENTS.forEach(record -> job.send("documents", record.key(), record.value()));
            QUERIES.forEach(record -> job.send("queries", record.key(), record.value(), trace));
            job.flush();
            job.submit();
            job.awaitRead("documents", DOCUMENTS.size());
            job.awaitRead("queries", QUERIES.size());
            FileUtils.deleteDirectory(FOLDER.toFile());
            FileUtils.copy(
                    new org.apache.flink.core.fs.Path(job.savepoint(written)),
                    new org.apache.flink.core.fs.Path(FOLDER.toUri()),
                    false);
        } finally {
            FileUtils.deleteDirectoryQuietly(written.toFile());
        }
    }

    static String book(String id, int year, String body) {
        return """
                {"id":"%1$s","collection":"books","fields":{"title":"the %1$s sea","body":"%3$s"},\
                "metadata":{"year":%2$d,"genres":["a","b"]}}""".formatted(id, year, body);
    }

    private static String withVector(String document, int axis) {
        int[] vector = new int[DIMENSION];
        vector[axis] = 1;
        return document.substring(0, document.length() - 1) + ",\"embedding\":" + Arrays.toString(vector) + "}";
    }
}
