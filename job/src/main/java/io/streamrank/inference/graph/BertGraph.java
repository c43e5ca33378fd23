// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.graph;

import io.streamrank.inference.graph.BertWeights.Layer;
import io.streamrank.inference.graph.BertWeights.Linear;
import io.streamrank.inference.graph.BertWeights.Norm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Writes a BERT as an ONNX graph of <a href="https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md">ONNX
 * Runtime's fused operators</a>, which CUDA has kernels for. Inputs are those of transformers' exports. Where only the first token
 * is wanted, the last layer computes the others no further than its attention. A packed graph runs on CUDA only.
 */
public final class BertGraph {
    /** Changes whenever the same weights give another file. */
    public static final int VERSION = 1;

    /** Names of outputs, as the models are opened with. */
    public static final String LOGITS = "logits";

    public static final String EMBEDDING = "sentence_embedding";

    private static final Map<String, Number> PLAIN = Map.of();

    private final OnnxWriter out = new OnnxWriter();
    private final BertWeights weights;
    private final Head head;
    private final boolean packed;
    private final int type;
    private final Map<String, Float> epsilon;

    private BertGraph(BertWeights weights, Head head, boolean packed, boolean half) {
        this.weights = weights;
        this.head = head;
        this.packed = packed;
        this.type = half ? OnnxWriter.HALF : OnnxWriter.FLOAT;
        this.epsilon = Map.of("epsilon", weights.config().epsilon());
    }

    /**
     * Writes the graph.
     *
     * @param form packed or padded
     * @param half whether the encoder computes in half precision; what comes behind it does not
     * @param sigmoid whether a logit goes through a sigmoid, as in the model's own graph
     */
    public static void write(BertWeights weights, Head head, GraphForm form, boolean half, boolean sigmoid, Path file)
            throws IOException, UnrecognizedGraphException {
        BertGraph graph = new BertGraph(weights, head, form == GraphForm.PACKED, half);
        graph.add(sigmoid);
        graph.out.write(file);
    }

    private void add(boolean sigmoid) {
        for (String input : List.of("input_ids", "attention_mask", "token_type_ids")) {
            out.input(input, "batch", "sequence");
        }
        String tokens = embeddings();
        if (packed) {
            out.fused(
                    "RemovePadding",
                    List.of(tokens, "lengths"),
                    List.of("packed", "offsets", "starts", "longest"),
                    PLAIN);
            tokens = "packed";
        }
        int last = weights.layers().size() - 1;
        for (int i = 0; i < last; i++) {
            tokens = layer(i, tokens, attention(i, tokens));
        }
        String attended = attention(last, tokens);
        if (head.firstTokenIsEnough()) {
            String first = layer(last, firstTokens(tokens), firstTokens(attended));
            first(cast(first, "first", OnnxWriter.FLOAT), sigmoid);
        } else {
            mean(layer(last, tokens, attended));
        }
    }

    private String embeddings() {
        cast("input_ids", "ids", OnnxWriter.INT32);
        cast("token_type_ids", "types", OnnxWriter.INT32);
        cast("attention_mask", "mask", OnnxWriter.INT32);
        Norm norm = weights.norm();
        return out.fused(
                "EmbedLayerNormalization",
                List.of(
                        "ids",
                        "types",
                        constant("words", weights.words()),
                        constant("positions", weights.positions()),
                        constant("segments", weights.types()),
                        constant("norm.gamma", norm.gamma()),
                        constant("norm.beta", norm.beta()),
                        "mask"),
                List.of("embedded", "lengths"),
                epsilon);
    }

    private String attention(int index, String tokens) {
        Layer layer = weights.layers().get(index);
        String name = "layer." + index + ".attention";
        Linear query = layer.query();
        Linear key = layer.key();
        Linear value = layer.value();
        String matrix = constant(name + ".qkv", Weights.beside(query.weight(), key.weight(), value.weight()));
        String bias = constant(name + ".bias", Weights.beside(query.bias(), key.bias(), value.bias()));
        Map<String, Integer> heads = Map.of("num_heads", weights.config().heads());
        return packed
                ? out.fused("PackedAttention", List.of(tokens, matrix, bias, "offsets", "starts"), List.of(name), heads)
                : out.fused("Attention", List.of(tokens, matrix, bias, "lengths"), List.of(name), heads);
    }

    /** Adds what follows the attention of a layer. */
    private String layer(int index, String tokens, String attended) {
        Layer layer = weights.layers().get(index);
        String name = "layer." + index;
        String attention = norm(name + ".output", attended, layer.output(), tokens, layer.norm());
        String up = out.node(
                "MatMul", List.of(attention, constant(name + ".up.w", layer.up().weight())), name + ".up", PLAIN);
        String active = out.fused(
                "BiasGelu", List.of(up, constant(name + ".up.b", layer.up().bias())), List.of(name + ".gelu"), PLAIN);
        return norm(name + ".down", active, layer.down(), attention, layer.lastNorm());
    }

    /** Adds {@code norm(value × matrix + bias + skip)}. */
    private String norm(String name, String value, Linear linear, String skip, Norm norm) {
        String product = out.node("MatMul", List.of(value, constant(name + ".w", linear.weight())), name, PLAIN);
        return out.fused(
                "SkipLayerNormalization",
                List.of(
                        product,
                        skip,
                        constant(name + ".gamma", norm.gamma()),
                        constant(name + ".beta", norm.beta()),
                        constant(name + ".b", linear.bias())),
                List.of(name + ".norm"),
                epsilon);
    }

    /** Takes each text's first token, [batch, hidden]. */
    private String firstTokens(String tokens) {
        if (!packed) {
            out.numbers(tokens + ".at", List.of(), 0);
            return out.node("Gather", List.of(tokens, tokens + ".at"), tokens + ".first", Map.of("axis", 1));
        }
        String rows = tokens + ".rows";
        out.numbers(rows + ".from", List.of(1), 0);
        out.numbers(rows + ".to", List.of(1), -1);
        out.node("Slice", List.of("starts", rows + ".from", rows + ".to"), rows, PLAIN);
        return out.node("Gather", List.of(tokens, rows), tokens + ".first", Map.of("axis", 0));
    }

    /** Adds what makes the result of the first tokens. */
    private void first(String tokens, boolean sigmoid) {
        if (head == Head.FIRST_TOKEN) {
            out.node("Identity", List.of(tokens), EMBEDDING, PLAIN);
            out.output(EMBEDDING, "batch", weights.config().hidden());
            return;
        }
        String pooled = gemm("pooler", tokens, Objects.requireNonNull(weights.pooler()), "pooler");
        String tanh = out.node("Tanh", List.of(pooled), "pooled", PLAIN);
        gemm("classifier", tanh, Objects.requireNonNull(weights.classifier()), sigmoid ? "logit" : LOGITS);
        if (sigmoid) {
            out.node("Sigmoid", List.of("logit"), LOGITS, PLAIN);
        }
        out.output(LOGITS, "batch", 1);
    }

    private String gemm(String name, String value, Linear linear, String output) {
        String matrix = out.weights(name + ".w", OnnxWriter.FLOAT, linear.weight());
        String bias = out.weights(name + ".b", OnnxWriter.FLOAT, linear.bias());
        return out.node("Gemm", List.of(value, matrix, bias), output, PLAIN);
    }

    /** Adds the mean of the tokens that are not padding, as a product with a row of shares. */
    private void mean(String tokens) {
        String whole =
                packed ? out.fused("RestorePadding", List.of(tokens, "offsets"), List.of("restored"), PLAIN) : tokens;
        out.numbers("one", List.of(1), 1);
        String ones = cast("attention_mask", "ones", OnnxWriter.FLOAT);
        String count = out.node("ReduceSum", List.of(ones, "one"), "count", Map.of("keepdims", 1));
        String share = cast(out.node("Div", List.of(ones, count), "share", PLAIN), "share.typed", type);
        String row = out.node("Unsqueeze", List.of(share, "one"), "row", PLAIN);
        String mean = out.node("MatMul", List.of(row, whole), "mean", PLAIN);
        String flat = out.node("Squeeze", List.of(mean, "one"), "flat", PLAIN);
        cast(flat, EMBEDDING, OnnxWriter.FLOAT);
        out.output(EMBEDDING, "batch", weights.config().hidden());
    }

    private String constant(String name, Weights value) {
        return out.weights(name, type, value);
    }

    private String cast(String value, String output, int to) {
        return out.node("Cast", List.of(value), output, Map.of("to", to));
    }
}
