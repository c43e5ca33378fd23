// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import ai.djl.util.Float16Utils;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelFolder;
import java.io.IOException;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One ONNX graph in ONNX Runtime, on the CPU or a GPU. Thread-safe: a run uses one core, the calling thread's, and a
 * predictor that no other run has; there are as many predictors as runs were ever concurrent. Tensors are made in the
 * host's memory; ONNX Runtime copies them to a GPU and back.
 */
final class OnnxSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxSession.class);
    private static final Set<String> KNOWN_INPUTS =
            Set.of(PaddedBatch.INPUT_IDS, PaddedBatch.ATTENTION_MASK, PaddedBatch.TOKEN_TYPE_IDS);

    private final Model model;
    private final Set<String> inputs;
    private final List<String> outputs;
    private final int padToken;
    private final BucketedPadding shapes;
    private final ExecutionProvider placement;
    private final SessionOptions options;
    private final Queue<Predictor<List<Encoding>, Output>> idle = new ConcurrentLinkedQueue<>();

    /**
     * What the graph gave.
     *
     * @param values row-major
     * @param shape {@code [batch, …]}
     */
    record Output(String name, float[] values, long[] shape) {
        /** Without what stands for rows that were only there to fill the shape. */
        Output first(int rows) {
            if (shape.length == 0 || shape[0] <= rows) {
                return this;
            }
            long[] fewer = shape.clone();
            fewer[0] = rows;
            return new Output(name, Arrays.copyOf(values, (int) (values.length / shape[0] * rows)), fewer);
        }
    }

    private OnnxSession(
            Model model,
            SessionOptions options,
            ExecutionProvider placement,
            Set<String> inputs,
            List<String> outputs,
            ModelSettings settings) {
        this.model = model;
        this.options = options;
        this.placement = placement;
        this.inputs = inputs;
        this.outputs = outputs;
        this.padToken = settings.padToken();
        this.shapes = new BucketedPadding(placement.onGpu(), settings.maxTokens());
    }

    /**
     * Loads it where the device says; where it leaves the choice and the GPU cannot be had or used, on the CPU.
     *
     * @param outputs names to look for; the graph's first output where it has none of them
     * @param first what a GPU has to run to be used
     */
    static OnnxSession load(ModelSettings settings, List<String> outputs, Device device, Encoding first)
            throws ModelException {
        ModelFolder folder = settings.folder();
        newModel(folder).close(); // DJL has to be the first to touch ONNX Runtime
        return ExecutionProvider.of(device, folder).open(device, placement -> {
            OnnxSession session = load(settings, outputs, placement);
            try {
                WarmUp.place(folder, placement, first, session::run);
                LOG.info("Model {} runs on {}", folder.name(), placement);
                return session;
            } catch (ModelException | RuntimeException e) {
                session.close();
                throw e;
            }
        });
    }

    private static OnnxSession load(ModelSettings settings, List<String> outputs, ExecutionProvider placement)
            throws ModelException {
        Model model = newModel(settings.folder());
        try {
            return load(model, settings, outputs, placement);
        } catch (ModelException e) {
            model.close();
            throw e;
        }
    }

    private static OnnxSession load(
            Model model, ModelSettings settings, List<String> outputs, ExecutionProvider placement)
            throws ModelException {
        ModelFolder folder = settings.folder();
        SessionOptions options = placement.sessionOptions(folder);
        try {
            model.load(
                    folder.weightsFile(),
                    null,
                    Map.of("sessionOptions", options, "intraOpNumThreads", "1", "interOpNumThreads", "1"));
            Set<String> inputs = new HashSet<>(model.describeInput().keys());
            checkInputs(folder, inputs);
            return new OnnxSession(model, options, placement, inputs, outputs, settings);
        } catch (IOException | MalformedModelException | EngineException e) {
            options.close();
            if (placement.onGpu()) {
                throw placement.unavailable(folder, e.getCause() instanceof Exception cause ? cause : e);
            }
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new ModelException(
                    "Model " + folder.name() + " cannot be loaded: " + folder.weightsFile()
                            + " is not an ONNX file that" + " this ONNX Runtime reads (" + reason.getMessage() + ").",
                    e);
        } catch (ModelException e) {
            options.close();
            throw e;
        }
    }

    /** What batches suit it where it is. */
    Batching batching() {
        return placement.batching(shapes);
    }

    ExecutionProvider placement() {
        return placement;
    }

    /** Runs the graph once over the batch, padded to its longest. */
    Output run(List<Encoding> batch) throws InferenceException {
        Predictor<List<Encoding>, Output> pooled = idle.poll();
        Predictor<List<Encoding>, Output> predictor =
                pooled == null ? model.newPredictor(new GraphTranslator()) : pooled;
        try {
            return predictor.predict(batch).first(batch.size());
        } catch (TranslateException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new InferenceException(
                    "ONNX Runtime refused " + PaddedBatch.describe(batch) + ": " + reason.getMessage(), e);
        } finally {
            idle.add(predictor);
        }
    }

    @Override
    public void close() {
        for (Predictor<?, ?> predictor = idle.poll(); predictor != null; predictor = idle.poll()) {
            predictor.close();
        }
        model.close();
        options.close();
    }

    private static Model newModel(ModelFolder folder) throws ModelException {
        try {
            if (!Engine.hasEngine(OnnxRuntime.ENGINE)) {
                throw new ModelException("DJL's ONNX Runtime engine is not on the class path: put the jars that"
                        + " StreamRank lists for lib/ into Flink's lib/ and restart the process.");
            }
            return Model.newInstance(folder.name(), ai.djl.Device.cpu(), OnnxRuntime.ENGINE);
        } catch (EngineException | IllegalStateException | AssertionError e) {
            throw new ModelException(OnnxRuntime.sentence(e), e);
        }
    }

    private static void checkInputs(ModelFolder folder, Set<String> inputs) throws ModelException {
        if (!inputs.contains(PaddedBatch.INPUT_IDS) || !KNOWN_INPUTS.containsAll(inputs)) {
            throw new ModelException("Model " + folder.name() + " takes the inputs "
                    + inputs.stream().sorted().toList()
                    + "; a text encoder takes input_ids, attention_mask and, if it has segments, token_type_ids: choose"
                    + " an ONNX export of an encoder.");
        }
    }

    /** Plain arrays in, plain arrays out: the ONNX engine has no operators of its own to batch or pool with. */
    private final class GraphTranslator implements NoBatchifyTranslator<List<Encoding>, Output> {
        @Override
        public NDList processInput(TranslatorContext context, List<Encoding> batch) {
            NDManager manager = context.getNDManager();
            PaddedBatch padded = PaddedBatch.of(batch, padToken, shapes);
            Shape shape = new Shape(padded.rows(), padded.columns());
            NDList list = new NDList(inputs.size());
            for (String input : inputs) {
                NDArray array = manager.create(LongBuffer.wrap(padded.input(input)), shape, DataType.INT64);
                array.setName(input);
                list.add(array);
            }
            return list;
        }

        @Override
        public Output processOutput(TranslatorContext context, NDList list) {
            NDArray array = outputs.stream()
                    .filter(list::contains)
                    .findFirst()
                    .map(list::get)
                    .orElseGet(list::head);
            float[] values = array.getDataType() == DataType.FLOAT16
                    ? Float16Utils.fromByteBuffer(array.toByteBuffer())
                    : array.toFloatArray();
            String name = array.getName() == null ? "" : array.getName();
            return new Output(name, values, array.getShape().getShape());
        }
    }
}
