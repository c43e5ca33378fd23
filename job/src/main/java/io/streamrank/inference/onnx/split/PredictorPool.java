// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx.split;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.ModelException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs one loaded graph of DJL. Thread-safe: there are as many predictors as runs were ever concurrent. */
public final class PredictorPool<I, O> implements AutoCloseable {
    private final Model model;
    private final Supplier<Translator<I, O>> translators;
    private final Function<I, String> description;
    private final Queue<Predictor<I, O>> idle = new ConcurrentLinkedQueue<>();

    /**
     * Takes a graph, which it closes when it is closed.
     *
     * @param translators makes one for each predictor
     * @param description of what a run is given, for errors
     */
    public PredictorPool(Model model, Supplier<Translator<I, O>> translators, Function<I, String> description) {
        this.model = model;
        this.translators = translators;
        this.description = description;
    }

    /** Runs the graph once. */
    public O run(I input) throws InferenceException {
        Predictor<I, O> pooled = idle.poll();
        Predictor<I, O> predictor = pooled == null ? model.newPredictor(translators.get()) : pooled;
        try {
            return predictor.predict(input);
        } catch (TranslateException e) {
            throw new InferenceException("ONNX Runtime refused " + description.apply(input) + ": " + reason(e), e);
        } finally {
            idle.add(predictor);
        }
    }

    /** Tells that a file cannot be loaded as a graph. */
    public static ModelException unreadable(String name, Path file, Exception e) {
        return new ModelException(
                "Model " + name + " cannot be loaded: " + file + " is not an ONNX file that this ONNX Runtime reads ("
                        + reason(e) + ").",
                e);
    }

    private static String reason(Exception e) {
        Throwable reason = e.getCause() == null ? e : e.getCause();
        return String.valueOf(reason.getMessage());
    }

    @Override
    public void close() {
        for (Predictor<I, O> predictor = idle.poll(); predictor != null; predictor = idle.poll()) {
            predictor.close();
        }
        model.close();
    }
}
