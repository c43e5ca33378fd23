// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.repository;

import io.streamrank.inference.graph.CheckpointWeights;
import io.streamrank.inference.model.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Unpacks built-in models, which are resources on the class path, into the cache. */
final class BuiltinModels {
    private static final String RESOURCES = "streamrank/models/";
    private static final List<String> SETTINGS = List.of("config.json", "tokenizer.json", "tokenizer_config.json");

    /** Maps paths in a model to resources; those that do not exist are left out. */
    private static final Map<String, Map<String, String>> MODELS = new TreeMap<>(Map.of(
            "bge-small-en-v1.5",
            Map.of(
                    "onnx/model_quantized.onnx", "bge-small-en-v1.5-q.onnx",
                    "tokenizer.json", "bge-small-en-v1.5-q-tokenizer.json",
                    "config.json", RESOURCES + "bge-small-en-v1.5/config.json",
                    "1_Pooling/config.json", RESOURCES + "bge-small-en-v1.5/pooling.json",
                    "config_sentence_transformers.json", RESOURCES + "bge-small-en-v1.5/prompts.json"),
            "streamrank-minilm-l6-v2",
            own("streamrank-minilm-l6-v2")));

    private BuiltinModels() {}

    static ModelFolder unpack(String uri, ModelSpec spec, Path cache) throws ModelException {
        String name = uri.substring("builtin:".length());
        Map<String, String> model = MODELS.get(name);
        if (model == null) {
            throw new ModelException("There is no built-in model " + name + "; the built-in models are "
                    + String.join(", ", MODELS.keySet()) + ".");
        }
        Map<String, String> present = new LinkedHashMap<>();
        model.forEach((path, resource) -> {
            if (loader().getResource(resource) != null) {
                present.put(path, resource);
            }
        });
        if (present.keySet().stream().noneMatch(path -> path.endsWith(".onnx"))) {
            throw new ModelException("The built-in model " + name + " is not on the class path: add the jar"
                    + " streamrank-models, or name a model with file: or hf:.");
        }
        String weights = ModelLayout.weights(uri, present.keySet(), spec.file());
        ModelCache folder = new ModelCache(cache.resolve("builtin").resolve(name));
        try {
            Path root = folder.unpack(List.copyOf(present.keySet()), new Resources(present));
            return new ModelFolder(uri, root, weights);
        } catch (IOException e) {
            throw folder.cannotKeep(uri, e);
        }
    }

    /** Opens files of a model that are resources. */
    private record Resources(Map<String, String> byPath) implements ModelCache.Source {
        @Override
        public InputStream open(String path) throws IOException {
            InputStream in = loader().getResourceAsStream(resource(path));
            if (in == null) {
                throw new IOException("resource " + resource(path) + " is gone from the class path");
            }
            return in;
        }

        @Override
        public ContentChecksum checksum(String path) throws IOException {
            URL url = loader().getResource(resource(path));
            ContentChecksum known = url == null ? null : ContentChecksum.ofEntry(url);
            return known == null ? ModelCache.Source.super.checksum(path) : known;
        }

        private String resource(String path) {
            return byPath.getOrDefault(path, path);
        }
    }

    private static ClassLoader loader() {
        return BuiltinModels.class.getClassLoader();
    }

    private static Map<String, String> own(String name) {
        Map<String, String> files = new TreeMap<>();
        Stream<String> split = Stream.of("onnx/encoder_int8.onnx", "onnx/joint_int8.onnx");
        Stream.of(
                        Stream.of("onnx/model_int8.onnx"),
                        SETTINGS.stream(),
                        Stream.concat(split, SETTINGS.stream()).map(ModelFolder.SPLIT::concat),
                        CheckpointWeights.files().stream())
                .flatMap(paths -> paths)
                .forEach(path -> files.put(path, RESOURCES + name + "/" + path));
        return files;
    }
}
