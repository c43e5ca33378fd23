// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.PairTemplate;
import io.streamrank.inference.onnx.OnnxSession.Output;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelSpec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A cross-encoder on ONNX Runtime: one logit a pair. */
final class OnnxCrossEncoder implements CrossEncoder {
    private final ModelInfo info;
    private final PairTokenizer tokenizer;
    private final OnnxSession session;
    private final Activation activation;
    private final int maxBatchSize;

    private OnnxCrossEncoder(
            ModelInfo info, PairTokenizer tokenizer, OnnxSession session, Activation activation, int maxBatchSize) {
        this.info = info;
        this.tokenizer = tokenizer;
        this.session = session;
        this.activation = activation;
        this.maxBatchSize = maxBatchSize;
    }

    static OnnxCrossEncoder open(ModelFolder folder, ModelSpec spec) throws ModelException {
        ModelSettings settings = ModelSettings.read(folder, spec);
        Activation activation = settings.activation();
        PairTokenizer tokenizer = PairTokenizer.load(folder, settings.maxTokens(), settings.lowerCase());
        OnnxSession session = null;
        try {
            Encoding first = tokenizer.encode("a query", "and its passage");
            session = OnnxSession.load(settings, List.of("logits"), spec.device(), first);
            checkHead(folder, WarmUp.run(folder, session, first));
            int maxBatchSize = WarmUp.maxBatchSize(folder, session, first, tokenizer.encode("a", ""));
            int rows = Math.min(maxBatchSize, session.batching().most(settings.maxTokens()));
            WarmUp.largest(folder, session.placement(), first, rows, settings.maxTokens(), session::run);
            ModelInfo info = new ModelInfo(folder.name(), fingerprint(folder, settings), settings.maxTokens());
            return new OnnxCrossEncoder(info, tokenizer, session, activation, maxBatchSize);
        } catch (ModelException | RuntimeException e) {
            if (session != null) {
                session.close();
            }
            tokenizer.close();
            throw e;
        }
    }

    static String fingerprint(ModelFolder folder, ModelSettings settings) throws ModelException {
        return Fingerprint.of(folder, settings.maxTokens(), settings.lowerCase(), settings.activation());
    }

    @Override
    public ModelInfo info() {
        return info;
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
    public Encoding encode(String query, String passage) {
        return tokenizer.encode(query, passage);
    }

    @Override
    public @Nullable PairTemplate template() {
        return tokenizer.template();
    }

    @Override
    public int[] tokens(String text) {
        return tokenizer.tokens(text);
    }

    @Override
    public float[] logits(List<Encoding> batch) throws InferenceException {
        return session.run(batch).values();
    }

    @Override
    public double relevance(float logit) {
        return activation.apply(logit);
    }

    @Override
    public void close() {
        session.close();
        tokenizer.close();
    }

    static void checkHead(ModelFolder folder, Output output) throws ModelException {
        long[] shape = output.shape();
        if (shape.length == 3) {
            throw new ModelException(
                    "Model " + folder.name() + " has no classification head: its output is [batch, tokens, " + shape[2]
                            + "], a cross-encoder gives [batch, 1]; choose a …ForSequenceClassification model.");
        }
        if (shape.length == 2 && shape[1] > 1) {
            throw new ModelException("Model " + folder.name() + " gives " + shape[1] + " numbers a pair ("
                    + (output.name().contains("embedding") ? "it is a sentence encoder" : "it has that many labels")
                    + "), a cross-encoder gives [batch, 1]; choose a …ForSequenceClassification model with one label.");
        }
        if (output.values().length != 1) {
            throw new ModelException("Model " + folder.name() + " gives " + Arrays.toString(shape)
                    + " for one pair, a cross-encoder gives [batch, 1]; choose a …ForSequenceClassification model.");
        }
    }
}
