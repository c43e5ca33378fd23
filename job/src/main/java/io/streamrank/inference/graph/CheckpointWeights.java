// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.inference.graph.BertWeights.Layer;
import io.streamrank.inference.graph.BertWeights.Linear;
import io.streamrank.inference.graph.BertWeights.Norm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads what training left of a model of ours: 16-bit floats in a row, by name, without the word embeddings. The 8 bits of the
 * model's own file move a logit by up to 0.06, these do not.
 */
public final class CheckpointWeights {
    private static final String NUMBERS = "checkpoint/k0.f16";
    private static final String SHAPES = "checkpoint/k0.json";
    /** Scale and offset of the logit, which were chosen after training. */
    private static final String LOGIT = "checkpoint/logit.json";

    private final Path file;
    private final Map<String, OnnxTensor> tensors = new HashMap<>();
    private final float scale;
    private final float offset;

    private CheckpointWeights(Path folder) throws IOException {
        ObjectMapper json = new ObjectMapper();
        this.file = folder.resolve(NUMBERS);
        long start = 0;
        Map<String, List<Long>> shapes = new TreeMap<>();
        for (Map.Entry<String, JsonNode> shape :
                json.readTree(folder.resolve(SHAPES).toFile()).properties()) {
            List<Long> dims = new ArrayList<>();
            shape.getValue().forEach(dim -> dims.add(dim.asLong()));
            shapes.put(shape.getKey(), dims);
        }
        for (Map.Entry<String, List<Long>> shape : shapes.entrySet()) {
            long bytes = Short.BYTES * shape.getValue().stream().reduce(1L, Math::multiplyExact);
            tensors.put(
                    shape.getKey(),
                    new OnnxTensor(
                            shape.getKey(),
                            OnnxTensor.FLOAT16,
                            shape.getValue(),
                            new OnnxTensor.Data(null, start, bytes, false)));
            start += bytes;
        }
        if (start != Files.size(file)) {
            throw new IOException(file + " has " + Files.size(file) + " bytes and its shapes " + start);
        }
        JsonNode logit = json.readTree(folder.resolve(LOGIT).toFile());
        this.scale = (float) logit.path("scale").asDouble();
        this.offset = (float) logit.path("offset").asDouble();
    }

    /** Returns the files of a checkpoint, relative to the model's folder. */
    public static List<String> files() {
        return List.of(NUMBERS, SHAPES, LOGIT);
    }

    /** Tells whether the model has one. */
    public static boolean isIn(Path folder) {
        return files().stream().allMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    /** Returns the model's weights with those of its checkpoint in their place. */
    public static BertWeights over(BertWeights model, Path folder) throws IOException, UnrecognizedGraphException {
        return new CheckpointWeights(folder).over(model);
    }

    private BertWeights over(BertWeights model) throws UnrecognizedGraphException {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < model.layers().size(); i++) {
            layers.add(layer(i + ".", model.config().hidden()));
        }
        return new BertWeights(
                model.config(),
                model.words(),
                tensor("pos"),
                tensor("type"),
                norm("eln"),
                layers,
                linear("pool"),
                new Linear(
                        half(tensor("head_w"), value -> value * scale).transposed(),
                        half(tensor("head_b"), value -> value * scale + offset)));
    }

    private Layer layer(String name, int hidden) throws UnrecognizedGraphException {
        Weights matrix = tensor(name + "qkv_w").transposed();
        Weights bias = tensor(name + "qkv_b");
        Linear[] parts = new Linear[3];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new Linear(matrix.columns(i * hidden, hidden), bias.columns(i * hidden, hidden));
        }
        return new Layer(
                parts[0],
                parts[1],
                parts[2],
                linear(name + "out"),
                norm(name + "n1"),
                linear(name + "up"),
                linear(name + "down"),
                norm(name + "n2"));
    }

    private Linear linear(String name) throws UnrecognizedGraphException {
        return new Linear(tensor(name + "_w").transposed(), tensor(name + "_b"));
    }

    private Norm norm(String name) throws UnrecognizedGraphException {
        return new Norm(tensor(name + "_w"), tensor(name + "_b"));
    }

    private Weights tensor(String name) throws UnrecognizedGraphException {
        OnnxTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new UnrecognizedGraphException("its checkpoint has no " + name);
        }
        List<Integer> dims = tensor.dims().stream().map(Math::toIntExact).toList();
        return new Weights(dims, false, () -> tensor.read(file));
    }

    /** Changes one number. */
    private interface Change {
        float of(float value);
    }

    /** Returns changed weights, rounded to half precision as in the model's other files. */
    private static Weights half(Weights weights, Change change) {
        return new Weights(weights.dims(), false, () -> {
            float[] values = weights.read();
            for (int i = 0; i < values.length; i++) {
                values[i] = HalfFloat.toFloat(HalfFloat.of(change.of(values[i])));
            }
            return values;
        });
    }
}
