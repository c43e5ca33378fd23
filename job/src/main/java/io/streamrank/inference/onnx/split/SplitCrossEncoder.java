// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx.split;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.PairTemplate;
import io.streamrank.inference.onnx.split.SplitGraphs.Workspace;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Scores pairs with a split model, one pair a run. What the lower layers make of a document is computed once and kept; so is,
 * for a short time, what they make of a query. A pair then costs the upper layers alone. Of two who ask for the same new
 * document at once both may compute it; the result is the same. Thread-safe.
 */
public final class SplitCrossEncoder implements CrossEncoder {
    /** For queries that are under way: a query of 20 tokens takes 30 kB. */
    private static final long QUERY_CACHE_BYTES = 8L << 20;

    private final ModelInfo info;
    private final PairTexts texts;
    private final SplitGraphs graphs;
    private final Head head;
    private final DocumentCache documents;
    private final Cache<TokenSequence, byte[]> queries = Caffeine.newBuilder()
            .maximumWeight(QUERY_CACHE_BYTES)
            .weigher((TokenSequence query, byte[] states) -> states.length)
            .executor(Runnable::run) // the common pool's threads would outlive the job and keep its classes
            .build();
    private final Queue<Workspace> idle = new ConcurrentLinkedQueue<>();

    /** Tokenises the two texts of a pair, and says how their tokens become a pair. Thread-safe. */
    public interface PairTexts extends AutoCloseable {
        /** Returns the token ids of one text, whole and without special tokens; owned by the caller. */
        int[] tokens(String text);

        PairTemplate pairs();

        @Override
        void close();
    }

    /** Makes a score of a logit. */
    public interface Head {
        double relevance(float logit);
    }

    /** Takes a model that keeps nothing of documents. It closes the texts and the graphs when it is closed. */
    public SplitCrossEncoder(ModelInfo info, PairTexts texts, SplitGraphs graphs, Head head) {
        this(info, texts, graphs, head, 0);
    }

    private SplitCrossEncoder(ModelInfo info, PairTexts texts, SplitGraphs graphs, Head head, long bytes) {
        this.info = info;
        this.texts = texts;
        this.graphs = graphs;
        this.head = head;
        this.documents = new DocumentCache(info.name(), bytes, DirectMemory::available);
    }

    @Override
    public CrossEncoder keepingDocuments(long bytes) {
        return new SplitCrossEncoder(info, texts, graphs, head, bytes);
    }

    @Override
    public KeptDocuments keptDocuments() {
        return documents.stats();
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    /** Returns 1: ONNX Runtime takes one scale of activations for a whole tensor in int8, and on a CPU batches gain nothing. */
    @Override
    public int maxBatchSize() {
        return 1;
    }

    @Override
    public Encoding encode(String query, String passage) {
        PairTemplate pairs = texts.pairs();
        return pairs.join(pairs.keep(texts.tokens(query)), pairs.keep(texts.tokens(passage)));
    }

    @Override
    public PairTemplate template() {
        return texts.pairs();
    }

    @Override
    public int[] tokens(String text) {
        return texts.tokens(text);
    }

    @Override
    public float[] logits(List<Encoding> batch) throws InferenceException {
        float[] logits = new float[batch.size()];
        Workspace pooled = idle.poll();
        Workspace workspace = pooled == null ? graphs.newWorkspace() : pooled;
        try {
            for (int i = 0; i < logits.length; i++) {
                logits[i] = logit(batch.get(i), workspace);
            }
            return logits;
        } finally {
            idle.add(workspace);
        }
    }

    private float logit(Encoding pair, Workspace workspace) throws InferenceException {
        TokenSequence query = TokenSequence.of(pair.ids(), 0, pair.secondSegment());
        TokenSequence document = TokenSequence.of(pair.ids(), pair.secondSegment(), pair.tokens());
        readQuery(query, workspace);
        readDocument(document, workspace);
        return graphs.logit(query.length(), document.length(), workspace);
    }

    /** Puts the states of a query into the workspace. */
    private void readQuery(TokenSequence query, Workspace workspace) throws InferenceException {
        byte[] known = queries.getIfPresent(query);
        if (known != null) {
            workspace.query().put(0, known);
            return;
        }
        graphs.encodeQuery(query, workspace);
        byte[] states = new byte[graphs.queryBytes(query.length())];
        workspace.query().get(0, states);
        queries.put(query, states);
    }

    /** Puts the states of a document into the workspace. */
    private void readDocument(TokenSequence document, Workspace workspace) throws InferenceException {
        int bytes = graphs.documentBytes(document.length());
        if (!documents.read(document, workspace.document(), bytes)) {
            graphs.encodeDocument(document, workspace);
            documents.put(document, workspace.document().slice(0, bytes));
        }
    }

    @Override
    public double relevance(float logit) {
        return head.relevance(logit);
    }

    @Override
    public void close() {
        documents.close();
        queries.invalidateAll();
        idle.clear();
        graphs.close();
        texts.close();
    }
}
