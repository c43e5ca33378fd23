// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.workload;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.inference.Models;
import io.streamrank.inference.service.TextEmbedder;
import io.streamrank.inference.model.TextRole;
import io.streamrank.local.console.CacheDirectory;
import io.streamrank.local.console.Console;
import io.streamrank.local.console.Progress;
import io.streamrank.local.corpus.VectorCache;
import io.streamrank.local.data.DocumentConverter;
import io.streamrank.local.data.FileRecord;
import io.streamrank.retrieval.FlatIndex;
import io.streamrank.retrieval.Neighbor;
import io.streamrank.retrieval.Vectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Holds a workload's passages as the job's corpus, and the same index over the same vectors. So it is known before a
 * query is asked which passages the job will find, and the others can be given exactly these. Not thread-safe.
 */
public final class EmbeddedCorpus implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Texts given to the embedder at a time; more would be refused as overload where the corpus is large. */
    private static final int CHUNK = 256;

    private final Workload workload;
    private final TextEmbedder embedder;
    private final FlatIndex<String> index;
    private final List<float[]> vectors = new ArrayList<>();
    private final Map<String, List<String>> found = new HashMap<>();

    private EmbeddedCorpus(Workload workload, TextEmbedder embedder) {
        this.workload = workload;
        this.embedder = embedder;
        this.index = new FlatIndex<>(embedder.dimension());
    }

    /** Embeds every passage once, with the job's embedder; the vectors are kept on disk for the next time. */
    public static EmbeddedCorpus embed(Workload workload, Models models, Console console) throws Exception {
        EmbeddedCorpus corpus = new EmbeddedCorpus(workload, models.openEmbedder());
        try {
            corpus.fill(console);
        } catch (Exception e) {
            corpus.close();
            throw e;
        }
        return corpus;
    }

    private void fill(Console console) throws IOException, InterruptedException, ExecutionException {
        VectorCache cache = VectorCache.open(CacheDirectory.path(), "benchmark", embedder);
        List<String> passages = workload.passages();
        try (Progress progress = new Progress(console, "embedding documents", " docs", 1, passages.size())) {
            for (int from = 0; from < passages.size(); from += CHUNK) {
                embed(passages.subList(from, Math.min(passages.size(), from + CHUNK)), cache);
                progress.to(vectors.size());
            }
        }
        cache.save();
    }

    private void embed(List<String> texts, VectorCache cache) throws InterruptedException, ExecutionException {
        List<CompletableFuture<float[]>> chunk = new ArrayList<>();
        for (String text : texts) {
            chunk.add(cache.get(text, embedder));
        }
        for (int i = 0; i < texts.size(); i++) {
            // As the job does with the embeddings that documents bring, so that both have the same bits.
            float[] vector = Vectors.normalized(chunk.get(i).get());
            cache.put(texts.get(i), vector);
            index.put(id(vectors.size()), vector, texts.get(i));
            vectors.add(vector);
        }
    }

    /** Returns how many passages there are. */
    public int size() {
        return vectors.size();
    }

    /** Returns how many passages are found for a query. */
    public int candidates() {
        return workload.candidates();
    }

    /** Returns a passage as a document of the wire contract, with its vector. */
    public FileRecord document(int position) {
        ObjectNode document = JSON.createObjectNode()
                .put("id", id(position))
                .put("text", workload.passages().get(position));
        DocumentConverter.embed(document, vectors.get(position));
        return new FileRecord(0, document);
    }

    private static String id(int position) {
        return Integer.toString(position);
    }

    /**
     * Returns the workload's queries {@code from} to {@code from + count - 1}, each with the passages that the job
     * finds for it.
     */
    public List<RerankRequest> requests(long from, int count) throws InterruptedException, ExecutionException {
        List<RerankRequest> requests = new ArrayList<>();
        for (long i = from; i < from + count; i++) {
            String query = workload.query(i);
            List<String> passages = found.get(query);
            if (passages == null) {
                passages = search(query);
                found.put(query, passages);
            }
            requests.add(new RerankRequest(query, passages));
        }
        return requests;
    }

    private List<String> search(String query) throws InterruptedException, ExecutionException {
        float[] vector = embedder.embed(query, TextRole.QUERY, Long.MAX_VALUE).get();
        return index.search(vector, workload.candidates(), null).stream()
                .map(Neighbor::document)
                .toList();
    }

    @Override
    public void close() {
        embedder.close();
    }
}
