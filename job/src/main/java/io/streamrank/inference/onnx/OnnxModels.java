// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.repository.ModelFiles;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelResolver;
import io.streamrank.inference.repository.ModelSpec;

/** Factories of models that run on ONNX Runtime. Nothing is loaded, read or downloaded before they are opened. */
public final class OnnxModels {
    private OnnxModels() {}

    public static ModelFactory<Embedder> embedder(ModelSpec spec, ModelFiles files) {
        return new EmbedderFactory(spec, files);
    }

    public static ModelFactory<CrossEncoder> crossEncoder(ModelSpec spec, ModelFiles files) {
        return new CrossEncoderFactory(spec, files);
    }

    /** For models that are built in, local, or on the Hugging Face hub. */
    public static ModelFactory<Embedder> embedder(ModelSpec spec) {
        return embedder(spec, ModelFiles.NONE);
    }

    /** For models that are built in, local, or on the Hugging Face hub. */
    public static ModelFactory<CrossEncoder> crossEncoder(ModelSpec spec) {
        return crossEncoder(spec, ModelFiles.NONE);
    }

    private record EmbedderFactory(ModelSpec spec, ModelFiles files) implements ModelFactory<Embedder> {
        @Override
        public Embedder open() throws ModelException {
            return OnnxRuntime.withItsClassLoader(
                    () -> OnnxEmbedder.open(new ModelResolver(files).resolve(spec), spec));
        }

        @Override
        public String fingerprint() throws ModelException {
            ModelFolder folder = new ModelResolver(files).resolve(spec);
            return OnnxEmbedder.fingerprint(folder, ModelSettings.read(folder, spec));
        }

        @Override
        public ModelFactory<Embedder> on(int gpu) {
            return embedder(spec.on(gpu), files);
        }

        @Override
        public String key() {
            return "embedder " + spec;
        }
    }

    private record CrossEncoderFactory(ModelSpec spec, ModelFiles files) implements ModelFactory<CrossEncoder> {
        @Override
        public CrossEncoder open() throws ModelException {
            return OnnxRuntime.withItsClassLoader(
                    () -> OnnxCrossEncoder.open(new ModelResolver(files).resolve(spec), spec));
        }

        @Override
        public String fingerprint() throws ModelException {
            ModelFolder folder = new ModelResolver(files).resolve(spec);
            return OnnxCrossEncoder.fingerprint(folder, ModelSettings.read(folder, spec));
        }

        @Override
        public ModelFactory<CrossEncoder> on(int gpu) {
            return crossEncoder(spec.on(gpu), files);
        }

        @Override
        public String key() {
            return "cross-encoder " + spec;
        }
    }
}
