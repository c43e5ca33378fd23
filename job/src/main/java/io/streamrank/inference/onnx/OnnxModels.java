// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.repository.ModelFileSystem;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelResolver;
import io.streamrank.inference.repository.ModelSpec;
import java.io.Serializable;

/** Creates factories of models that run on ONNX Runtime. Nothing is loaded, read or downloaded before a factory opens its model. */
public final class OnnxModels {
    private OnnxModels() {}

    public static ModelFactory<Embedder> embedder(ModelSpec spec, ModelFileSystem files) {
        return new Factory<>("embedder", OnnxEmbedder::open, OnnxEmbedder::info, spec, files);
    }

    public static ModelFactory<CrossEncoder> crossEncoder(ModelSpec spec, ModelFileSystem files) {
        return new Factory<>("cross-encoder", OnnxCrossEncoder::open, OnnxCrossEncoder::info, spec, files);
    }

    /** Returns a factory for an embedder that is built in, local, or on the Hugging Face hub. */
    public static ModelFactory<Embedder> embedder(ModelSpec spec) {
        return embedder(spec, ModelFileSystem.NONE);
    }

    /** Returns a factory for a cross-encoder that is built in, local, or on the Hugging Face hub. */
    public static ModelFactory<CrossEncoder> crossEncoder(ModelSpec spec) {
        return crossEncoder(spec, ModelFileSystem.NONE);
    }

    /** Loads a model from its files. */
    private interface Loader<M> extends Serializable {
        M load(ModelFolder folder, ModelSpec spec) throws ModelException;
    }

    /** Describes a model from its settings, without loading it. */
    private interface Describer extends Serializable {
        ModelInfo describe(ModelSettings settings) throws ModelException;
    }

    private record Factory<M>(String kind, Loader<M> loader, Describer describer, ModelSpec spec, ModelFileSystem files)
            implements ModelFactory<M> {
        @Override
        public M open() throws ModelException {
            return OnnxRuntimeSetup.withDjlClassLoader(() -> loader.load(new ModelResolver(files).resolve(spec), spec));
        }

        @Override
        public String fingerprint() throws ModelException {
            ModelFolder folder = new ModelResolver(files).resolve(spec);
            return describer.describe(ModelSettings.read(folder, spec)).fingerprint();
        }

        @Override
        public ModelFactory<M> on(int gpu) {
            return new Factory<>(kind, loader, describer, spec.on(gpu), files);
        }

        @Override
        public String key() {
            return kind + " " + spec + " " + spec.device().memoryBytes();
        }
    }
}
