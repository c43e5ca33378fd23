// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelSpec;
import io.streamrank.inference.repository.TinyGraph;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A model's folder with sixteen words, whose graph is simple enough to work out its results by hand. A cross-encoder's logit
 * is the sum of 0.001 for each id and 0.1 for each token of type 1.
 */
final class TinyModel {
    private static final List<String> WORDS = List.of(
            "[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "ship", "sank", "at", "sea", "shark", "bit", "boat", "bread",
            "who", "?", ".");

    private final Path folder;
    private @Nullable Integer maxTokens;
    private @Nullable String activation;

    TinyModel(Path folder) {
        this.folder = folder;
    }

    /** Returns a cross-encoder of BERT's kind with 32 positions, which its graph does not check. */
    static TinyModel crossEncoder(Path folder) throws IOException {
        return new TinyModel(folder)
                .with("onnx/model.onnx", logit().bytes())
                .with("config.json", """
                        {"model_type":"bert","max_position_embeddings":32,"pad_token_id":0}""")
                .with("tokenizer.json", tokenizer());
    }

    /** Returns an embedder whose vectors are of two numbers. */
    static TinyModel embedder(Path folder) throws IOException {
        TinyGraph graph = vectors(masked(), "last_hidden_state").output("last_hidden_state");
        return crossEncoder(folder).with("onnx/model.onnx", graph.bytes());
    }

    /** Returns an embedder whose graph also gives one vector a text, the first token's. */
    static TinyModel poolingEmbedder(Path folder) throws IOException {
        TinyGraph graph = first(vectors(masked(), "last_hidden_state"), "last_hidden_state", "sentence_embedding")
                .output("last_hidden_state")
                .output("sentence_embedding");
        return crossEncoder(folder).with("onnx/model.onnx", graph.bytes());
    }

    static TinyGraph masked() {
        return new TinyGraph().input("input_ids").input("attention_mask");
    }

    /** Adds to a graph that has inputs what gives a vector of two numbers a token. */
    static TinyGraph vectors(TinyGraph graph, String output) {
        return graph.initializer(TinyGraph.floats("table", List.of(16, 2), new float[] {
                    1, 0, 1, 1, 0, 1, 1, 2, 2, 1, 3, 1, 1, 3, 4, 1, 1, 4, 5, 1, 1, 5, 6, 1, 1, 6, 7, 1, 1, 7, 8, 1
                }))
                .node("Gather", output, "table", "input_ids");
    }

    /** Adds what takes the first token's vector of each text. */
    static TinyGraph first(TinyGraph graph, String tokens, String output) {
        return graph.initializer(TinyGraph.longs("zero", List.of(), 0))
                .node("Gather", output, "axis", 1, tokens, "zero");
    }

    /** Returns the graph without its last node, which gives {@code logits}. */
    private static TinyGraph score() {
        return new TinyGraph()
                .input("input_ids")
                .input("attention_mask")
                .input("token_type_ids")
                .initializer(TinyGraph.longs("axis", List.of(1), 1))
                .initializer(TinyGraph.floats("perId", List.of(1), 0.001f))
                .initializer(TinyGraph.floats("perType", List.of(1), 0.1f))
                .node("Mul", "masked", "input_ids", "attention_mask")
                .node("Cast", "ids", "to", 1, "masked")
                .node("ReduceSum", "sum", "keepdims", 1, "ids", "axis")
                .node("Mul", "ofIds", "sum", "perId")
                .node("Cast", "types", "to", 1, "token_type_ids")
                .node("ReduceSum", "sumOfTypes", "keepdims", 1, "types", "axis")
                .node("Mul", "ofTypes", "sumOfTypes", "perType");
    }

    static TinyGraph logit() {
        return score().node("Add", "logits", "ofIds", "ofTypes").output("logits");
    }

    /** Returns a graph that ends in a sigmoid. */
    static TinyGraph probability() {
        return score().node("Add", "logit", "ofIds", "ofTypes")
                .node("Sigmoid", "logits", "logit")
                .output("logits");
    }

    /** Returns a graph that gives one of the two probabilities that a softmax makes. */
    static TinyGraph secondOfTwoLabels() {
        return score().initializer(TinyGraph.floats("labels", List.of(1, 2), 0, 1))
                .initializer(TinyGraph.longs("end", List.of(1), 2))
                .node("Add", "logit", "ofIds", "ofTypes")
                .node("Mul", "both", "logit", "labels")
                .node("Softmax", "probabilities", "axis", 1, "both")
                .node("Slice", "logits", "probabilities", "axis", "end", "axis")
                .output("logits");
    }

    /** Returns a graph that looks up positions as RoBERTa does, from the padding token's id on. */
    static TinyGraph robertaPositions(int rows, long padToken) {
        return positions(
                score().initializer(TinyGraph.longs("pad", List.of(1), padToken))
                        .node("Equal", "isPad", "input_ids", "pad")
                        .node("Not", "isToken", "isPad")
                        .node("Cast", "tokens", "to", 7, "isToken")
                        .node("CumSum", "count", "tokens", "axis")
                        .node("Mul", "counted", "count", "tokens")
                        .node("Add", "positions", "counted", "pad"),
                rows);
    }

    /** Returns a graph that looks up positions from 0 on. */
    static TinyGraph positions(int rows) {
        return positions(score().node("CumSum", "positions", "exclusive", 1, "attention_mask", "axis"), rows);
    }

    private static TinyGraph positions(TinyGraph graph, int rows) {
        return graph.initializer(TinyGraph.floats("positionTable", List.of(rows, 1), new float[rows]))
                .node("Gather", "rows", "positionTable", "positions")
                .node("ReduceSum", "zero", "keepdims", 0, "rows", "axis")
                .node("Add", "both", "ofIds", "ofTypes")
                .node("Add", "logits", "both", "zero")
                .output("logits");
    }

    /** Returns a tokenizer that puts nothing between the texts of a pair. */
    static String tokenizerWithoutSeparator() {
        String second = """
                {"Sequence":{"id":"B","type_id":1}}""";
        return tokenizer().replace("""
                {"SpecialToken":{"id":"[SEP]","type_id":0}},""" + second, second);
    }

    static String tokenizer() {
        StringBuilder vocabulary = new StringBuilder();
        StringBuilder added = new StringBuilder();
        for (int id = 0; id < WORDS.size(); id++) {
            vocabulary.append(id == 0 ? "" : ",").append("\"" + WORDS.get(id) + "\":" + id);
            if (id < 4) {
                added.append(id == 0 ? "" : ",").append("""
                        {"id":%d,"content":"%s","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,\
                        "special":true}""".formatted(id, WORDS.get(id)));
            }
        }
        return """
                {"version":"1.0","added_tokens":[%s],
                 "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,
                               "lowercase":true},
                 "pre_tokenizer":{"type":"BertPreTokenizer"},
                 "post_processor":{"type":"TemplateProcessing",
                    "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                              {"SpecialToken":{"id":"[SEP]","type_id":0}}],
                    "pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                            {"SpecialToken":{"id":"[SEP]","type_id":0}},{"Sequence":{"id":"B","type_id":1}},
                            {"SpecialToken":{"id":"[SEP]","type_id":1}}],
                    "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},
                                      "[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},
                 "model":{"type":"WordLevel","unk_token":"[UNK]","vocab":{%s}}}
                """.formatted(added, vocabulary);
    }

    TinyModel with(String path, String text) throws IOException {
        return with(path, text.getBytes(StandardCharsets.UTF_8));
    }

    TinyModel with(String path, byte[] content) throws IOException {
        Files.createDirectories(folder.resolve(path).getParent());
        Files.write(folder.resolve(path), content);
        return this;
    }

    TinyModel moved(String from, String to) throws IOException {
        Files.move(folder.resolve(from), folder.resolve(to));
        return this;
    }

    TinyModel maxTokens(int tokens) {
        maxTokens = tokens;
        return this;
    }

    TinyModel activation(String name) {
        activation = name;
        return this;
    }

    private ModelSpec spec() {
        return new ModelSpec(
                "file:" + folder,
                null,
                maxTokens,
                null,
                null,
                null,
                activation,
                null,
                "unused",
                Duration.ofSeconds(30),
                Device.CPU);
    }

    CrossEncoder openCrossEncoder() throws ModelException {
        return OnnxModels.crossEncoder(spec()).open();
    }

    String fingerprint() throws ModelException {
        return OnnxModels.crossEncoder(spec()).fingerprint();
    }

    Embedder openEmbedder() throws ModelException {
        return OnnxModels.embedder(spec()).open();
    }

    /** Returns the logit of a pair of a query "who ?" and a passage with so many words. */
    static float logit(CrossEncoder model, int words) throws Exception {
        Encoding pair = model.encode("who ?", passage(words));
        return model.logits(List.of(pair))[0];
    }

    /** Returns "ship ship … ship bread": the last word tells which end was cut. */
    static String passage(int words) {
        return String.join(
                        " ", IntStream.range(0, words - 1).mapToObj(i -> "ship").toList()) + " bread";
    }
}
