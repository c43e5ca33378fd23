// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.onnx.OnnxSession.Output;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelSpec;
import java.util.Arrays;
import java.util.List;

/** A bi-encoder on ONNX Runtime. */
final class OnnxEmbedder implements Embedder {
    private static final List<String> OUTPUTS = List.of("last_hidden_state", "token_embeddings", "sentence_embedding");

    private final ModelInfo info;
    private final Tokenizer tokenizer;
    private final OnnxSession session;
    private final ModelSettings settings;
    private final Pooling pooling;
    private final int dimension;
    private final int maxBatchSize;

    private OnnxEmbedder(
            ModelInfo info,
            Tokenizer tokenizer,
            OnnxSession session,
            ModelSettings settings,
            Pooling pooling,
            int dimension,
            int maxBatchSize) {
        this.info = info;
        this.tokenizer = tokenizer;
        this.session = session;
        this.settings = settings;
        this.pooling = pooling;
        this.dimension = dimension;
        this.maxBatchSize = maxBatchSize;
    }

    static OnnxEmbedder open(ModelFolder folder, ModelSpec spec) throws ModelException {
        ModelSettings settings = ModelSettings.read(folder, spec);
        Pooling pooling = settings.pooling();
        Tokenizer tokenizer = Tokenizer.load(folder, settings.maxTokens(), settings.lowerCase());
        OnnxSession session = null;
        try {
            Encoding first = tokenizer.encode("a text of some words");
            session = OnnxSession.load(settings, OUTPUTS, spec.device(), first);
            int dimension = dimension(folder, WarmUp.run(folder, session, first));
            int maxBatchSize = WarmUp.maxBatchSize(folder, session, first, tokenizer.encode("another"));
            int rows = Math.min(maxBatchSize, session.batching().most(settings.maxTokens()));
            WarmUp.largest(folder, session.placement(), first, rows, settings.maxTokens(), session::run);
            ModelInfo info = new ModelInfo(folder.name(), fingerprint(folder, settings), settings.maxTokens());
            return new OnnxEmbedder(info, tokenizer, session, settings, pooling, dimension, maxBatchSize);
        } catch (ModelException | RuntimeException e) {
            if (session != null) {
                session.close();
            }
            tokenizer.close();
            throw e;
        }
    }

    static String fingerprint(ModelFolder folder, ModelSettings settings) throws ModelException {
        return Fingerprint.of(
                folder,
                settings.maxTokens(),
                settings.lowerCase(),
                settings.pooling(),
                settings.queryPrefix(),
                settings.passagePrefix());
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public int maxBatchSize() {
        return maxBatchSize;
    }

    @Override
    public Batching batching() {
        return session.batching();
    }

    @Override
    public Encoding encode(String text, TextRole role) {
        String prefix = role == TextRole.QUERY ? settings.queryPrefix() : settings.passagePrefix();
        return tokenizer.encode(prefix + text);
    }

    @Override
    public float[][] embed(List<Encoding> batch) throws InferenceException {
        Output output = session.run(batch);
        int columns = output.shape().length == 3 ? (int) output.shape()[1] : 1;
        return (columns == 1 ? Pooling.CLS : pooling).unitVectors(output.values(), batch, columns, dimension);
    }

    @Override
    public void close() {
        session.close();
        tokenizer.close();
    }

    private static int dimension(ModelFolder folder, Output output) throws ModelException {
        long[] shape = output.shape();
        if (shape.length == 3 || (shape.length == 2 && output.name().equals("sentence_embedding"))) {
            return Math.toIntExact(shape[shape.length - 1]);
        }
        throw new ModelException(
                "Model " + folder.name() + " is not a sentence encoder: its output " + output.name() + " is "
                        + Arrays.toString(shape)
                        + " for one text, a sentence encoder gives [batch, tokens, dimension]; a cross-encoder"
                        + " cannot embed, choose a bi-encoder.");
    }
}
