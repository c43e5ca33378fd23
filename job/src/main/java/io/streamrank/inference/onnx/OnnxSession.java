// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslatorContext;
import ai.djl.util.Float16Utils;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.streamrank.inference.graph.GraphForm;
import io.streamrank.inference.model.Batching;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.Padding;
import io.streamrank.inference.onnx.split.PredictorPool;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelFolder;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one ONNX graph in ONNX Runtime, on the CPU or a GPU. Thread-safe: a run uses one core, the calling thread's, and a
 * predictor of its own; there are as many predictors as runs were ever concurrent. Tensors are created in the host's memory;
 * ONNX Runtime copies them to a GPU and back.
 */
final class OnnxSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxSession.class);

    private final PredictorPool<List<Encoding>, Output> predictors;
    private final Set<String> inputs;
    private final List<String> outputs;
    private final int padToken;
    private final boolean typed;
    private final GraphForm form;
    private final Padding padding;
    private final ExecutionProvider provider;
    private final SessionOptions options;

    /**
     * Holds what the graph gave.
     *
     * @param values row-major
     * @param shape {@code [batch, …]}
     */
    record Output(String name, float[] values, long[] shape) {
        /** Returns the first rows; the others only filled the tensor. */
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
            ExecutionProvider provider,
            Set<String> inputs,
            List<String> outputs,
            GraphForm form,
            ModelSettings settings) {
        this.predictors = new PredictorPool<>(model, GraphTranslator::new, PaddedBatch::describe);
        this.options = options;
        this.provider = provider;
        this.inputs = inputs;
        this.outputs = outputs;
        this.padToken = settings.padToken();
        this.typed = settings.tokenizer().typed();
        this.form = form;
        this.padding = form == GraphForm.PACKED
                ? Padding.PACKED
                : new BucketedPadding(
                        provider.onGpu() && inputs.contains(PaddedBatch.ATTENTION_MASK), settings.maxTokens());
    }

    /**
     * Loads the graph on the device. With {@code auto} it uses the CPU where there is no GPU or the GPU fails.
     *
     * @param examples that a GPU must run to be used
     */
    static OnnxSession load(ModelSettings settings, GpuGraphs.Use use, Device device, List<Encoding> examples)
            throws ModelException {
        ModelFolder folder = settings.folder();
        return provider(folder, device).open(device, provider -> {
            OnnxSession session = provider.onGpu()
                    ? new GpuGraphs(settings, use, examples).open(provider)
                    : load(settings, use.outputs(), provider, folder.weightsFile(), GraphForm.SOURCE);
            try {
                WarmUp.checkGpu(folder, provider, examples.get(0), session::run);
                LOG.info("Model {} runs on {}", folder.name(), provider);
                return session;
            } catch (ModelException | RuntimeException e) {
                session.close();
                throw e;
            }
        });
    }

    /** Returns where models run that are set to the device, if it works. */
    static ExecutionProvider provider(ModelFolder folder, Device device) throws ModelException {
        newModel(folder).close(); // DJL must be the first to touch ONNX Runtime
        return ExecutionProvider.of(device);
    }

    /** Loads a graph there: the model's own, or one that was made of it. */
    static OnnxSession load(
            ModelSettings settings, List<String> outputs, ExecutionProvider provider, Path file, GraphForm form)
            throws ModelException {
        Model model = newModel(settings.folder());
        try {
            return load(model, settings, outputs, provider, file, form);
        } catch (ModelException e) {
            model.close();
            throw e;
        }
    }

    private static OnnxSession load(
            Model model,
            ModelSettings settings,
            List<String> outputs,
            ExecutionProvider provider,
            Path file,
            GraphForm form)
            throws ModelException {
        ModelFolder folder = settings.folder();
        SessionOptions options = provider.sessionOptions(folder);
        try {
            model.load(
                    file, null, Map.of("sessionOptions", options, "intraOpNumThreads", "1", "interOpNumThreads", "1"));
            Set<String> inputs = new HashSet<>(model.describeInput().keys());
            PaddedBatch.checkInputs(
                    folder.name(),
                    inputs,
                    form == GraphForm.SOURCE ? folder.graph().inputs() : List.of());
            return new OnnxSession(model, options, provider, inputs, outputs, form, settings);
        } catch (IOException | MalformedModelException | EngineException e) {
            options.close();
            if (provider.onGpu()) {
                throw provider.unavailable(folder, e.getCause() instanceof Exception cause ? cause : e);
            }
            throw PredictorPool.unreadable(folder.name(), file, e);
        } catch (ModelException e) {
            options.close();
            throw e;
        }
    }

    /** Returns what batches suit the graph where it runs. */
    Batching batching() {
        return provider.batching(padding);
    }

    /** Returns which graph it runs. */
    GraphForm form() {
        return form;
    }

    ExecutionProvider provider() {
        return provider;
    }

    /** Tells whether the graph is told what is padding. If not, padding would change its results. */
    boolean masksPadding() {
        return inputs.contains(PaddedBatch.ATTENTION_MASK);
    }

    /** Runs the graph once over the batch, which it pads to its longest item. */
    Output run(List<Encoding> batch) throws InferenceException {
        return predictors.run(batch).first(batch.size());
    }

    @Override
    public void close() {
        predictors.close();
        options.close();
    }

    static Model newModel(ModelFolder folder) throws ModelException {
        try {
            if (!Engine.hasEngine(OnnxRuntimeSetup.ENGINE)) {
                throw new ModelException("DJL's ONNX Runtime engine is not on the class path: put the jars that"
                        + " StreamRank lists for lib/ into Flink's lib/ and restart the process.");
            }
            return Model.newInstance(folder.name(), ai.djl.Device.cpu(), OnnxRuntimeSetup.ENGINE);
        } catch (EngineException | IllegalStateException | AssertionError e) {
            throw new ModelException(OnnxRuntimeSetup.installationError(e), e);
        }
    }

    /** Turns encodings into tensors and tensors into arrays; DJL's ONNX engine has no operators to batch or pool with. */
    private final class GraphTranslator implements NoBatchifyTranslator<List<Encoding>, Output> {
        @Override
        public NDList processInput(TranslatorContext context, List<Encoding> batch) {
            NDManager manager = context.getNDManager();
            PaddedBatch padded = PaddedBatch.of(batch, padToken, padding);
            Shape shape = new Shape(padded.rows(), padded.columns());
            NDList list = new NDList(inputs.size());
            for (String input : inputs) {
                boolean zeros = !typed && input.equals(PaddedBatch.TOKEN_TYPE_IDS);
                long[] values = zeros ? new long[padded.rows() * padded.columns()] : padded.input(input);
                NDArray array = manager.create(LongBuffer.wrap(values), shape, DataType.INT64);
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
