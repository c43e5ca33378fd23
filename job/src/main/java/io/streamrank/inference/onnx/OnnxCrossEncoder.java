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

/** Runs a cross-encoder on ONNX Runtime, which gives one logit a pair. */
final class OnnxCrossEncoder implements CrossEncoder {
    private static final List<String> OUTPUTS = List.of("logits");

    private final ModelInfo info;
    private final PairTokenizer tokenizer;
    private final OnnxModel model;
    private final Activation activation;

    private OnnxCrossEncoder(ModelInfo info, PairTokenizer tokenizer, OnnxModel model, Activation activation) {
        this.info = info;
        this.tokenizer = tokenizer;
        this.model = model;
        this.activation = activation;
    }

    static OnnxCrossEncoder open(ModelFolder folder, ModelSpec spec) throws ModelException {
        ModelSettings settings = ModelSettings.read(folder, spec);
        Activation activation = settings.activation();
        PairTokenizer tokenizer = PairTokenizer.load(folder, settings.maxTokens(), settings.lowerCase());
        try {
            ModelInfo info = info(settings);
            List<Encoding> probes = List.of(tokenizer.encode("a query", "and its passage"), tokenizer.encode("a", ""));
            OnnxModel model =
                    OnnxModel.load(settings, spec.device(), OUTPUTS, probes, output -> checkLogit(folder, output));
            return new OnnxCrossEncoder(info, tokenizer, model, activation);
        } catch (ModelException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** Describes the model that these settings give, without loading it. */
    static ModelInfo info(ModelSettings settings) throws ModelException {
        return settings.info(settings.activation());
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    @Override
    public int maxBatchSize() {
        return model.maxBatchSize();
    }

    @Override
    public Batching batching() {
        return model.session().batching();
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
        return model.session().run(batch).values();
    }

    @Override
    public double relevance(float logit) {
        return activation.apply(logit);
    }

    @Override
    public void close() {
        model.session().close();
        tokenizer.close();
    }

    /** Checks that the graph gives one logit a pair. */
    static int checkLogit(ModelFolder folder, Output output) throws ModelException {
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
        return 1;
    }
}
