// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.graph.Head;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.onnx.OnnxSession.Output;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelSpec;
import java.util.Arrays;
import java.util.List;

/** Runs a bi-encoder on ONNX Runtime, which gives one vector a text. */
final class OnnxEmbedder implements Embedder {
    static final List<String> OUTPUTS = List.of("last_hidden_state", "token_embeddings", "sentence_embedding");

    private final ModelInfo info;
    private final Tokenizer tokenizer;
    private final OnnxModel model;
    private final ModelSettings settings;
    private final Pooling pooling;

    private OnnxEmbedder(
            ModelInfo info, Tokenizer tokenizer, OnnxModel model, ModelSettings settings, Pooling pooling) {
        this.info = info;
        this.tokenizer = tokenizer;
        this.model = model;
        this.settings = settings;
        this.pooling = pooling;
    }

    static OnnxEmbedder open(ModelFolder folder, ModelSpec spec) throws ModelException {
        ModelSettings settings = ModelSettings.read(folder, spec);
        return open(settings, spec.device(), info(settings).fingerprint());
    }

    private static OnnxEmbedder open(ModelSettings settings, Device device, String fingerprint) throws ModelException {
        ModelFolder folder = settings.folder();
        Pooling pooling = settings.pooling();
        Tokenizer tokenizer = Tokenizer.load(settings.tokenizer(), settings.maxTokens());
        ModelSettings lowered;
        try {
            ModelInfo info = new ModelInfo(folder.name(), fingerprint, settings.maxTokens());
            List<Encoding> probes = List.of(tokenizer.encode("a text of some words"), tokenizer.encode("another"));
            GpuGraphs.Use use = new GpuGraphs.Use(
                    pooling == Pooling.CLS ? Head.FIRST_TOKEN : Head.MEAN,
                    OUTPUTS,
                    (output, batch) -> vectors(pooling, output, batch));
            OnnxModel model = OnnxModel.load(settings, device, use, probes, output -> dimension(folder, output));
            if (model.longest() == settings.maxTokens()) {
                return new OnnxEmbedder(info, tokenizer, model, settings, pooling);
            }
            lowered = settings.withMaxTokens(model.longest());
            model.session().close();
        } catch (ModelException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
        tokenizer.close();
        return open(lowered, device, fingerprint);
    }

    /** Describes the model that these settings give, without loading it. */
    static ModelInfo info(ModelSettings settings) throws ModelException {
        return settings.info(
                settings.pooling(),
                settings.prompts().query(),
                settings.prompts().passage());
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    @Override
    public int dimension() {
        return model.outputSize();
    }

    @Override
    public int maxBatchSize() {
        return model.maxBatchSize();
    }

    @Override
    public Batching batching() {
        return model.batching();
    }

    @Override
    public Encoding encode(String text, TextRole role) {
        String prefix = role == TextRole.QUERY
                ? settings.prompts().query()
                : settings.prompts().passage();
        return tokenizer.encode(prefix + text);
    }

    @Override
    public float[][] embed(List<Encoding> batch) throws InferenceException {
        return vectors(pooling, model.session().run(batch), batch);
    }

    static float[][] vectors(Pooling pooling, Output output, List<Encoding> batch) {
        long[] shape = output.shape();
        int columns = shape.length == 3 ? (int) shape[1] : 1;
        int dimension = (int) shape[shape.length - 1];
        return (columns == 1 ? Pooling.CLS : pooling).unitVectors(output.values(), batch, columns, dimension);
    }

    @Override
    public void close() {
        model.session().close();
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
