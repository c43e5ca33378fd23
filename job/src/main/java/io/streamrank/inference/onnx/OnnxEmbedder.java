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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a bi-encoder on ONNX Runtime, which gives one vector a text. */
final class OnnxEmbedder implements Embedder {
    /** Names the output of a graph that makes one vector of a text. */
    static final String POOLED = "sentence_embedding";

    /** Names the outputs to look for where vectors of tokens are pooled here, the best first. */
    static final List<String> OUTPUTS = List.of("last_hidden_state", "token_embeddings", POOLED);

    private static final Logger LOG = LoggerFactory.getLogger(OnnxEmbedder.class);
    private static final String LOGITS = "logits";

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
        String fingerprint = info(settings).fingerprint();
        if (settings.poolingIsGuessed()) {
            LOG.warn(
                    "Model {} has no file that says how to pool the vectors of its tokens, so StreamRank takes their mean; if"
                            + " its card says otherwise, set models.embedder.pooling.",
                    folder.name());
        }
        return open(settings, spec.device(), fingerprint);
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
                    pooling == Pooling.GRAPH ? List.of(POOLED) : OUTPUTS,
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

    /** Checks that the graph gives vectors, of a text or of its tokens, and returns how many numbers one has. */
    static int dimension(ModelFolder folder, Output output) throws ModelException {
        long[] shape = output.shape();
        boolean logits = output.name().equals(LOGITS);
        if ((shape.length == 3 && !logits)
                || (shape.length == 2 && output.name().equals(POOLED))) {
            return Math.toIntExact(shape[shape.length - 1]);
        }
        String found = "its output " + output.name() + " is " + Arrays.toString(shape) + " for one text";
        if (shape.length == 3) {
            throw new ModelException("Model " + folder.name() + " is not a sentence encoder: " + found
                    + ", so it is a language model or a token classifier; export it with --task feature-extraction.");
        }
        if (shape.length == 2 && !logits) {
            throw new ModelException("Model " + folder.name() + " cannot embed as it was exported: " + found
                    + ", and StreamRank takes one vector a text from an output named " + POOLED
                    + " alone; export it with --task feature-extraction, or give the output that name if it is the text's"
                    + " vector.");
        }
        throw new ModelException("Model " + folder.name() + " is not a sentence encoder: " + found
                + ", a sentence encoder gives [batch, tokens, dimension]; a cross-encoder cannot embed, choose a"
                + " bi-encoder.");
    }
}
