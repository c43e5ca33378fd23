// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelFactory;
import io.streamrank.inference.repository.ModelFileSystem;
import io.streamrank.inference.repository.ModelResolver;
import io.streamrank.inference.repository.ModelSpec;

/** Creates factories of models that run on ONNX Runtime. Nothing is loaded, read or downloaded before a factory opens its model. */
public final class OnnxModels {
    private OnnxModels() {}

    public static ModelFactory<Embedder> embedder(ModelSpec spec, ModelFileSystem files) {
        return new EmbedderFactory(spec, files);
    }

    public static ModelFactory<CrossEncoder> crossEncoder(ModelSpec spec, ModelFileSystem files) {
        return new CrossEncoderFactory(spec, files);
    }

    /** Returns a factory for an embedder that is built in, local, or on the Hugging Face hub. */
    public static ModelFactory<Embedder> embedder(ModelSpec spec) {
        return embedder(spec, ModelFileSystem.NONE);
    }

    /** Returns a factory for a cross-encoder that is built in, local, or on the Hugging Face hub. */
    public static ModelFactory<CrossEncoder> crossEncoder(ModelSpec spec) {
        return crossEncoder(spec, ModelFileSystem.NONE);
    }

    private record EmbedderFactory(ModelSpec spec, ModelFileSystem files) implements ModelFactory<Embedder> {
        @Override
        public Embedder open() throws ModelException {
            return OnnxRuntimeSetup.withDjlClassLoader(
                    () -> OnnxEmbedder.open(new ModelResolver(files).resolve(spec), spec));
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

    private record CrossEncoderFactory(ModelSpec spec, ModelFileSystem files) implements ModelFactory<CrossEncoder> {
        @Override
        public CrossEncoder open() throws ModelException {
            return OnnxRuntimeSetup.withDjlClassLoader(
                    () -> OnnxCrossEncoder.open(new ModelResolver(files).resolve(spec), spec));
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
