// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.graph.Head;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.model.PairTemplate;
import io.streamrank.inference.onnx.OnnxSession.Output;
import io.streamrank.inference.onnx.split.OnnxGraphRunner;
import io.streamrank.inference.onnx.split.SplitCrossEncoder;
import io.streamrank.inference.onnx.split.SplitGraphs;
import io.streamrank.inference.onnx.split.SplitLayout;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a cross-encoder on ONNX Runtime, which gives one logit a pair. */
final class OnnxCrossEncoder implements CrossEncoder {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxCrossEncoder.class);
    private static final List<String> OUTPUTS = List.of("logits");

    private final ModelInfo info;
    private final PairTokenizer tokenizer;
    private final OnnxModel model;
    private final ModelSettings settings;
    private final Activation activation;

    private OnnxCrossEncoder(
            ModelInfo info, PairTokenizer tokenizer, OnnxModel model, ModelSettings settings, Activation activation) {
        this.info = info;
        this.tokenizer = tokenizer;
        this.model = model;
        this.settings = settings;
        this.activation = activation;
    }

    static CrossEncoder open(ModelFolder model, ModelSpec spec) throws ModelException {
        ModelFolder folder = formFor(model, spec);
        ModelSettings settings = ModelSettings.read(folder, spec);
        String fingerprint = info(settings).fingerprint();
        if (!settings.prompts().equals(new Prompts("", ""))) {
            LOG.warn("Model {} has prompts, which StreamRank puts before no text of a cross-encoder.", folder.name());
        }
        if (settings.sigmoidInGraph()) {
            LOG.warn(
                    "Model {} ends in a sigmoid or a softmax, which StreamRank takes back for the logits; those beyond 17"
                            + " tie, so a graph without it ranks better.",
                    folder.name());
        }
        Path joint = folder.jointFile();
        if (joint == null && settings.split() != null && folder.isEncoder()) {
            throw new ModelException("Model " + folder.name() + " is not complete: its weights " + folder.weights()
                    + " are the first of two graphs, and the second, whose name has joint in place of encoder, is not there;"
                    + " put all files of the export where the model is.");
        }
        return joint == null
                ? open(settings, spec.device(), fingerprint)
                : openSplit(settings, joint, spec.device(), fingerprint);
    }

    /** Returns the form that reads each document once, if there is one, no GPU will run the model, and the user named no file. */
    private static ModelFolder formFor(ModelFolder model, ModelSpec spec) throws ModelException {
        ModelFolder split = spec.file() == null && spec.sha256() == null ? model.split() : null;
        return split == null || OnnxSession.provider(model, spec.device()).onGpu() ? model : split;
    }

    /** Opens a model whose lower layers are a graph of their own. */
    private static CrossEncoder openSplit(ModelSettings settings, Path joint, Device device, String fingerprint)
            throws ModelException {
        ModelFolder folder = settings.folder();
        SplitLayout split = settings.split();
        if (split == null) {
            throw new ModelException(
                    "Model " + folder.name() + " cannot be used: " + folder.weights() + " and " + joint.getFileName()
                            + " are the two graphs of a split model, but config.json has no split_layers; take the"
                            + " config.json that was exported with them.");
        }
        if (device.kind() == Device.Kind.CUDA) {
            throw new ModelException("Model " + folder.name() + " should not run on " + device + ": its weights "
                    + folder.weights()
                    + " are one of two graphs for CPUs, between which a GPU would wait; set models.*.file"
                    + " to the same model in one graph, such as onnx/model.onnx, or models.device to auto or cpu.");
        }
        Activation activation = settings.scoring();
        PairTokenizer tokenizer = PairTokenizer.load(settings.tokenizer(), settings.maxTokens(), split);
        boolean opened = false;
        try {
            SplitGraphs graphs = splitGraphs(settings, joint, split);
            LOG.info(
                    "Model {} runs on {}; its {} lower layers read query and document apart",
                    folder.name(),
                    ExecutionProvider.CPU,
                    split.layers());
            opened = true;
            ModelInfo info = new ModelInfo(folder.name(), fingerprint, settings.maxTokens());
            return new SplitCrossEncoder(info, tokenizer, graphs, activation::apply);
        } finally {
            if (!opened) {
                tokenizer.close();
            }
        }
    }

    private static SplitGraphs splitGraphs(ModelSettings settings, Path joint, SplitLayout split)
            throws ModelException {
        ModelFolder folder = settings.folder();
        String name = folder.name();
        OnnxGraphRunner encoder = OnnxGraphRunner.load(OnnxSession.newModel(folder), name, folder.weightsFile());
        OnnxGraphRunner upper;
        try {
            upper = OnnxGraphRunner.load(OnnxSession.newModel(folder), name, joint);
        } catch (ModelException e) {
            encoder.close();
            throw e;
        }
        return SplitGraphs.of(name, encoder, upper, split, settings.maxTokens());
    }

    private static OnnxCrossEncoder open(ModelSettings settings, Device device, String fingerprint)
            throws ModelException {
        ModelFolder folder = settings.folder();
        Activation activation = settings.scoring();
        PairTokenizer tokenizer = PairTokenizer.load(settings.tokenizer(), settings.maxTokens(), settings.split());
        ModelSettings lowered;
        try {
            tokenizer.checkSeparation(settings);
            ModelInfo info = new ModelInfo(folder.name(), fingerprint, settings.maxTokens());
            List<Encoding> probes = List.of(tokenizer.encode("a query", "and its passage"), tokenizer.encode("a", ""));
            GpuGraphs.Use use = new GpuGraphs.Use(Head.LOGIT, OUTPUTS, (output, batch) -> rows(settings, output));
            OnnxModel model = OnnxModel.load(settings, device, use, probes, output -> checkLogit(folder, output));
            if (model.longest() == settings.maxTokens()) {
                return new OnnxCrossEncoder(info, tokenizer, model, settings, activation);
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
        return settings.info(settings.scoring());
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
        return model.batching();
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
        return logits(settings, model.session().run(batch));
    }

    private static float[] logits(ModelSettings settings, Output output) {
        float[] values = output.values();
        for (int i = 0; settings.sigmoidInGraph() && i < values.length; i++) {
            values[i] = Activation.logit(values[i]);
        }
        return values;
    }

    private static float[][] rows(ModelSettings settings, Output output) {
        float[] logits = logits(settings, output);
        float[][] rows = new float[logits.length][];
        Arrays.setAll(rows, i -> new float[] {logits[i]});
        return rows;
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
