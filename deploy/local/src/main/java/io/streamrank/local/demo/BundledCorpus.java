// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.config.JobConfig;
import io.streamrank.event.Document;
import io.streamrank.event.Field;
import io.streamrank.inference.service.TextEmbedder;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.Progress;
import io.streamrank.local.corpus.ConfigurationOption;
import io.streamrank.local.corpus.ConfigurationReference;
import io.streamrank.local.corpus.VectorCache;
import io.streamrank.local.data.DocumentConverter;
import io.streamrank.local.data.FileRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Embeds the bundled corpus while Kafka and Flink start, by the model that the job will use too. The vectors are kept,
 * so that a second demonstration does not wait for them.
 */
final class BundledCorpus implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BundledCorpus.class);

    private final JobConfig config;
    private final Path directory;
    private final FutureTask<List<FileRecord>> reading = new FutureTask<>(this::read);
    private volatile @Nullable TextEmbedder embedder;
    private volatile int total;
    private volatile int embedded;

    private BundledCorpus(JobConfig config, Path directory) {
        this.config = config;
        this.directory = directory;
    }

    /**
     * Begins in the background. The model stays loaded until this is closed.
     *
     * @param directory for the vectors
     */
    static BundledCorpus start(JobConfig config, Path directory) {
        BundledCorpus corpus = new BundledCorpus(config, directory);
        Thread thread = new Thread(corpus.reading, "bundled-corpus");
        thread.setDaemon(true);
        thread.start();
        return corpus;
    }

    /** Waits for all, with their vectors. */
    List<FileRecord> documents(Console console) throws Exception {
        try (Progress progress = new Progress(console, "embedding documents", " docs", 1, total)) {
            while (true) {
                try {
                    return reading.get(100, TimeUnit.MILLISECONDS);
                } catch (TimeoutException notYet) {
                    progress.total(total);
                    progress.to(embedded);
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof Exception cause ? cause : e;
                }
            }
        }
    }

    private List<FileRecord> read() throws Exception {
        TextEmbedder opened = config.models().openEmbedder();
        embedder = opened;
        VectorCache cache = VectorCache.open(directory, "demo", opened);
        List<ConfigurationOption> options = ConfigurationReference.read();
        Map<ConfigurationOption, CompletableFuture<float[]>> vectors = new LinkedHashMap<>();
        for (ConfigurationOption option : options) {
            vectors.put(option, cache.get(text(option), opened));
        }
        total = options.size();
        List<FileRecord> documents = new ArrayList<>();
        for (var entry : vectors.entrySet()) {
            float[] vector = entry.getValue().get();
            cache.put(text(entry.getKey()), vector);
            documents.add(new FileRecord(0, document(entry.getKey(), vector)));
            embedded = documents.size();
        }
        save(cache);
        return documents;
    }

    /** What the job would embed. */
    private String text(ConfigurationOption option) {
        List<Field> fields = List.of(new Field("title", option.title()), new Field("text", option.description()));
        return config.corpus()
                .embedText()
                .textOf(new Document(option.id(), Document.DEFAULT_COLLECTION, fields, null, null));
    }

    private static ObjectNode document(ConfigurationOption option, float[] vector) {
        ObjectNode document = ConfigurationReference.document(option);
        DocumentConverter.embed(document, vector);
        return document;
    }

    private static void save(VectorCache cache) {
        try {
            cache.save();
        } catch (IOException e) {
            LOG.warn("The vectors cannot be stored for the next run", e);
        }
    }

    @Override
    public void close() {
        TextEmbedder opened = embedder;
        if (opened != null) {
            opened.close();
        }
    }
}
