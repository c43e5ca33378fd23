// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx.split;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslatorContext;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Runs one ONNX graph with any inputs and outputs, on the calling thread's core. Thread-safe.
 */
public final class OnnxGraphRunner implements AutoCloseable {
    private static final String WANTED = "wanted";

    private final PredictorPool<Run, List<Tensor>> predictors;
    private final Set<String> inputs;

    /**
     * Is a named array of numbers.
     *
     * @param data the numbers in the machine's byte order; ONNX Runtime reads those of a direct buffer where they are
     */
    record Tensor(String name, DataType type, long[] shape, ByteBuffer data) {}

    /** What a run is given, and which outputs are wanted of it; null for all. */
    private record Run(List<Tensor> given, @Nullable Set<String> wanted) {}

    private OnnxGraphRunner(Model model, Set<String> inputs) {
        this.predictors = new PredictorPool<>(model, TensorTranslator::new, run -> describe(run.given()));
        this.inputs = inputs;
    }

    /**
     * Loads a graph.
     *
     * @param model empty, of DJL's ONNX Runtime engine; the runner closes it
     * @param name the model's name as users know it
     */
    public static OnnxGraphRunner load(Model model, String name, Path file) throws ModelException {
        try {
            model.load(file, null, Map.of("intraOpNumThreads", "1", "interOpNumThreads", "1"));
            return new OnnxGraphRunner(
                    model, new TreeSet<>(model.describeInput().keys()));
        } catch (IOException | MalformedModelException | EngineException e) {
            model.close();
            throw PredictorPool.unreadable(name, file, e);
        }
    }

    /** Returns the names of its inputs, in alphabetical order. */
    Set<String> inputs() {
        return inputs;
    }

    /**
     * Runs the graph once.
     *
     * @param wanted names of outputs to return; null for all
     * @return outputs, whose buffers belong to the caller
     */
    List<Tensor> run(List<Tensor> given, @Nullable Set<String> wanted) throws InferenceException {
        return predictors.run(new Run(given, wanted));
    }

    private static String describe(List<Tensor> given) {
        List<String> described = new ArrayList<>();
        given.forEach(tensor -> described.add(tensor.name() + " " + new Shape(tensor.shape())));
        return String.join(", ", described);
    }

    @Override
    public void close() {
        predictors.close();
    }

    private static final class TensorTranslator implements NoBatchifyTranslator<Run, List<Tensor>> {
        @Override
        public NDList processInput(TranslatorContext context, Run run) {
            if (run.wanted() != null) {
                context.setAttachment(WANTED, run.wanted());
            }
            NDManager manager = context.getNDManager();
            NDList list = new NDList(run.given().size());
            for (Tensor tensor : run.given()) {
                NDArray array = manager.create(tensor.data(), new Shape(tensor.shape()), tensor.type());
                array.setName(tensor.name());
                list.add(array);
            }
            return list;
        }

        @Override
        public List<Tensor> processOutput(TranslatorContext context, NDList list) {
            Set<?> wanted = (Set<?>) context.getAttachment(WANTED);
            List<Tensor> outputs = new ArrayList<>();
            for (NDArray array : list) {
                if (wanted == null || wanted.contains(array.getName())) {
                    outputs.add(new Tensor(
                            array.getName(),
                            array.getDataType(),
                            array.getShape().getShape(),
                            array.toByteBuffer()));
                }
            }
            return outputs;
        }
    }
}
