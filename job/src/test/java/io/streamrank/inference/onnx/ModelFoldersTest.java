// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.streamrank.inference.model.CrossEncoder;
import io.streamrank.inference.model.Embedder;
import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.TextRole;
import io.streamrank.inference.repository.TinyGraph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Opens folders of all kinds and holds the results of a short and of a longest input against numbers worked out by hand. */
class ModelFoldersTest {
    /** {@code [CLS] who ? [SEP] bread [SEP]}: 2 + 13 + 14 + 3 + 12 + 3, two of them of type 1. */
    private static final double SHORT = 0.047 + 0.2;

    @TempDir
    private Path folder;

    private interface Change {
        TinyModel of(TinyModel model) throws Exception;
    }

    /** @return the logit of a pair of so many tokens, of which {@code ofPassage} are the passage's, cut at the end */
    private static double longest(int tokens) {
        int ofPassage = tokens - 5;
        return 0.001 * (2 + 13 + 14 + 3 + 5 * ofPassage + 3) + 0.1 * (ofPassage + 1);
    }

    static Stream<Arguments> crossEncoders() {
        return Stream.of(
                row("as it is", model -> model, 32, SHORT, longest(32)),
                row(
                        "settings next to the weights",
                        model -> model.moved("tokenizer.json", "onnx/tokenizer.json")
                                .moved("config.json", "onnx/config.json"),
                        32,
                        SHORT,
                        longest(32)),
                row(
                        "the beginning is cut",
                        model -> model.with("tokenizer_config.json", """
                                {"truncation_side":"left"}"""),
                        32,
                        SHORT,
                        longest(32) + 0.007),
                row(
                        "the beginning is cut, as the tokenizer's file says",
                        model -> model.with(
                                "tokenizer.json", TinyModel.tokenizer().replace("{\"version\":\"1.0\",", """
                                        {"version":"1.0","truncation":{"direction":"Left","max_length":9,"strategy":\
                                        "LongestFirst","stride":0},""")),
                        32,
                        SHORT,
                        longest(32) + 0.007),
                row(
                        "without types",
                        model -> model.with("tokenizer_config.json", """
                                {"model_input_names":["input_ids","attention_mask"],"padding_side":"left"}"""),
                        32,
                        SHORT - 0.2,
                        longest(32) - 2.8),
                row(
                        "RoBERTa's positions of any padding token and model type",
                        model -> model.with(
                                        "onnx/model.onnx",
                                        TinyModel.robertaPositions(32, 3).bytes())
                                .with("config.json", """
                                        {"model_type":"other","max_position_embeddings":32,"pad_token_id":3}"""),
                        28,
                        SHORT,
                        longest(28)),
                row(
                        "RoBERTa's positions without a config.json",
                        model -> model.with(
                                        "onnx/model.onnx",
                                        TinyModel.robertaPositions(32, 1).bytes())
                                .with("config.json", "{}"),
                        30,
                        SHORT,
                        longest(30)),
                row(
                        "fewer positions than the files say",
                        model -> model.with(
                                "onnx/model.onnx", TinyModel.positions(21).bytes()),
                        21,
                        SHORT,
                        longest(21)),
                row(
                        "a sigmoid in the graph",
                        model -> model.with(
                                "onnx/model.onnx", TinyModel.probability().bytes()),
                        32,
                        SHORT,
                        longest(32)),
                row(
                        "one of the two labels of a softmax in the graph",
                        model -> model.with(
                                "onnx/model.onnx", TinyModel.secondOfTwoLabels().bytes()),
                        32,
                        SHORT,
                        longest(32)),
                row(
                        "nothing between the texts but a change of type",
                        model -> model.with("tokenizer.json", TinyModel.tokenizerWithoutSeparator()),
                        32,
                        SHORT - 0.003,
                        longest(32) + 0.1 + 0.002));
    }

    private static Arguments row(String name, Change change, int maxTokens, double ofShort, double ofLongest) {
        return Arguments.of(name, change, maxTokens, ofShort, ofLongest);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("crossEncoders")
    void scoresAShortAndALongestPair(String name, Change change, int maxTokens, double ofShort, double ofLongest)
            throws Exception {
        TinyModel model = change.of(TinyModel.crossEncoder(folder));
        try (CrossEncoder opened = model.openCrossEncoder()) {
            assertThat(opened.info().maxTokens()).isEqualTo(maxTokens);
            assertThat(opened.info().fingerprint()).isEqualTo(model.fingerprint());
            assertThat((double) TinyModel.logit(opened, 1)).as(name).isCloseTo(ofShort, within(1e-4));
            assertThat((double) TinyModel.logit(opened, 100)).as(name).isCloseTo(ofLongest, within(1e-4));
            assertThat(opened.template()).isNotNull();
            assertThat(opened.logits(List.of(opened.encode("who ?", "bread"), opened.encode("who ?", "the bread")))[0])
                    .isCloseTo((float) ofShort, within(1e-4f));
        }
    }

    static Stream<Arguments> refusedEmbedders() {
        return Stream.of(
                refused(
                        "a language model",
                        model -> model.with("onnx/model.onnx", graph(TinyModel.masked(), "logits")),
                        " is not a sentence encoder: its output logits is [1, 7, 2] for one text, so it is a language model or"
                                + " a token classifier; export it with --task feature-extraction."),
                refused(
                        "a pooler alone",
                        model -> model.with(
                                "onnx/model.onnx",
                                TinyModel.first(
                                                TinyModel.vectors(TinyModel.masked(), "vectors"),
                                                "vectors",
                                                "pooler_output")
                                        .output("pooler_output")
                                        .bytes()),
                        " cannot embed as it was exported: its output pooler_output is [1, 2] for one text, and StreamRank takes"
                                + " one vector a text from an output named sentence_embedding alone; export it with --task"
                                + " feature-extraction, or give the output that name if it is the text's vector."),
                refused(
                        "texts of one length",
                        model -> model.with(
                                "onnx/model.onnx",
                                graph(new TinyGraph().input("input_ids", 7, 128), "last_hidden_state")),
                        " was exported for exactly 128 tokens a text, StreamRank gives texts of any length: export it with"
                                + " dynamic axes and int64 inputs, as optimum-cli does."),
                refused(
                        "int32",
                        model -> model.with(
                                "onnx/model.onnx",
                                graph(new TinyGraph().input("input_ids", 6, 0), "last_hidden_state")),
                        " takes its input input_ids as int32, StreamRank gives int64: export it with dynamic axes and int64"
                                + " inputs, as optimum-cli does."),
                refused(
                        "no file of its pooling layer",
                        model -> model.with("modules.json", """
                                [{"type":"sentence_transformers.models.Transformer","path":""},
                                 {"type":"sentence_transformers.models.Pooling","path":"1_Pooling"}]"""),
                        " is not complete: its modules.json names 1_Pooling, whose config.json is not there: copy the whole"
                                + " folder, or set models.embedder.pooling."));
    }

    private static Arguments refused(String name, Change change, String message) {
        return Arguments.of(name, change, message);
    }

    private static byte[] graph(TinyGraph inputs, String output) {
        return TinyModel.vectors(inputs, output).output(output).bytes();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedEmbedders")
    void refusesAnEmbedderThatWouldGiveOtherVectors(String name, Change change, String message) throws Exception {
        TinyModel model = change.of(TinyModel.embedder(folder));
        assertThatThrownBy(model::openEmbedder)
                .as(name)
                .isInstanceOf(ModelException.class)
                .hasMessageEndingWith(message);
    }

    @Test
    void aGraphPoolsByItselfUnlessAFileSaysHow() throws Exception {
        TinyModel model = TinyModel.poolingEmbedder(folder);
        try (Embedder opened = model.openEmbedder()) {
            assertThat(opened.dimension()).isEqualTo(2);
            List<Encoding> batch =
                    List.of(opened.encode("ship", TextRole.PASSAGE), opened.encode("the shark bit", TextRole.PASSAGE));
            for (float[] vector : opened.embed(batch)) {
                assertThat(vector).containsExactly(0f, 1f);
            }
        }
        model.with("1_Pooling/config.json", """
                {"pooling_mode_mean_tokens":true}""");
        float half = (float) Math.sqrt(0.5);
        try (Embedder opened = model.openEmbedder()) {
            assertThat(opened.embed(List.of(opened.encode("ship", TextRole.PASSAGE)))[0])
                    .containsExactly(new float[] {half, half}, within(1e-4f));
        }
    }

    @Test
    void aGraphThatIsNotToldWhatIsPaddingRunsOneTextAtATime() throws Exception {
        TinyModel model = TinyModel.embedder(folder);
        try (Embedder opened = model.openEmbedder()) {
            assertThat(opened.maxBatchSize()).isEqualTo(Integer.MAX_VALUE);
        }
        model.with("onnx/model.onnx", graph(new TinyGraph().input("input_ids"), "last_hidden_state"));
        try (Embedder opened = model.openEmbedder()) {
            assertThat(opened.maxBatchSize()).isEqualTo(1);
        }
    }

    @Test
    void refusesARerankerThatCannotTellQueryAndDocumentApart() throws Exception {
        TinyModel model = TinyModel.crossEncoder(folder)
                .with("tokenizer.json", TinyModel.tokenizerWithoutSeparator())
                .with("tokenizer_config.json", """
                        {"model_input_names":["input_ids","attention_mask"]}""");
        assertThatThrownBy(model::openCrossEncoder)
                .isInstanceOf(ModelException.class)
                .hasMessageEndingWith(
                        " cannot rerank: its tokenizer joins query and document with nothing between them, as those of"
                                + " language models do, which read both in a prompt that StreamRank does not write; choose a"
                                + " cross-encoder whose tokenizer puts a separator between them.");
    }

    @Test
    void readsDataOfAnyName() throws Exception {
        ByteBuffer table = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        for (int id = 0; id < 16; id++) {
            table.putFloat(id / 10f);
        }
        TinyModel model = TinyModel.crossEncoder(folder)
                .with(
                        "onnx/model.onnx",
                        new TinyGraph()
                                .input("input_ids")
                                .constant("table", TinyGraph.external("", List.of(16), "Constant_7_attr__value"))
                                .initializer(TinyGraph.longs("axis", List.of(1), 1))
                                .node("Gather", "values", "table", "input_ids")
                                .node("ReduceSum", "logits", "keepdims", 1, "values", "axis")
                                .output("logits")
                                .bytes())
                .with("onnx/Constant_7_attr__value", table.array());
        String before = model.fingerprint();
        try (CrossEncoder opened = model.openCrossEncoder()) {
            assertThat(TinyModel.logit(opened, 1)).isCloseTo(4.7f, within(1e-5f));
        }
        table.putFloat(0, 7);
        assertThat(model.with("onnx/Constant_7_attr__value", table.array()).fingerprint())
                .isNotEqualTo(before);
        model.moved("onnx/Constant_7_attr__value", "elsewhere");
        assertThatThrownBy(model::openCrossEncoder)
                .isInstanceOf(ModelException.class)
                .hasMessageEndingWith(
                        " is not complete: its weights onnx/model.onnx need onnx/Constant_7_attr__value, which is"
                                + " not there; put all files of the export where the model is.");
    }

    @Test
    void refusesALengthThatTheUserSetsAndTheGraphDoesNotRun() throws Exception {
        TinyModel model = TinyModel.crossEncoder(folder)
                .with("onnx/model.onnx", TinyModel.positions(21).bytes());
        try (CrossEncoder opened = model.maxTokens(21).openCrossEncoder()) {
            assertThat(opened.info().maxTokens()).isEqualTo(21);
        }
        assertThatThrownBy(model.maxTokens(22)::openCrossEncoder)
                .isInstanceOf(ModelException.class)
                .hasMessageMatching(
                        "(?s)Model file:.* does not run 22 tokens \\(.*\\); set models\\.\\*\\.max-tokens to 21 or"
                                + " less\\.");
    }

    @Test
    void theUserChoosesWhatMakesAScoreOfALogit() throws Exception {
        TinyModel model = TinyModel.crossEncoder(folder).with("config.json", """
                {"sentence_transformers":{"activation_fn":"torch.nn.modules.activation.Tanh"}}""");
        try (CrossEncoder opened = model.activation("none").openCrossEncoder()) {
            assertThat(opened.relevance(2)).isEqualTo(2);
        }
        try (CrossEncoder opened = model.activation("sigmoid").openCrossEncoder()) {
            assertThat(opened.relevance(0)).isEqualTo(0.5);
        }
    }

    @Test
    void aProbabilityOfTheGraphIsTheScore() throws Exception {
        TinyModel model = TinyModel.crossEncoder(folder)
                .with("onnx/model.onnx", TinyModel.probability().bytes())
                .with("config.json", """
                        {"sbert_ce_default_activation_function":"torch.nn.modules.linear.Identity"}""");
        try (CrossEncoder opened = model.openCrossEncoder()) {
            assertThat(opened.relevance(TinyModel.logit(opened, 1)))
                    .isCloseTo(1 / (1 + Math.exp(-SHORT)), within(1e-6));
        }
        assertThat(Activation.logit(1)).isEqualTo(17);
        assertThat(Activation.logit(0)).isEqualTo(-104);
        assertThat(Activation.logit(Float.NaN)).isNaN();
    }

    @Test
    void lowerCaseAndAccentsAreAsTheTokenizersConfigurationSays() throws Exception {
        TinyModel model = TinyModel.crossEncoder(folder);
        assertThat(ids(model, "Shíp")).containsExactly(2, 5, 3);
        model.with("tokenizer_config.json", """
                {"do_lower_case":false,"strip_accents":true}""");
        assertThat(ids(model, "Shíp")).containsExactly(2, 1, 3);
        assertThat(ids(model, "shíp")).containsExactly(2, 5, 3);
        model.with("tokenizer_config.json", """
                {"do_lower_case":false,"tokenizer_class":"PreTrainedTokenizerFast"}""");
        assertThat(ids(model, "SHIP")).containsExactly(2, 5, 3);
        model.with("tokenizer_config.json", """
                {"tokenize_chinese_chars":false}""");
        assertThat(ids(model, "火火")).containsExactly(2, 1, 3);
        model.with("tokenizer_config.json", """
                {"truncation_side":"top"}""");
        assertThatThrownBy(model::openCrossEncoder)
                .hasMessageEndingWith(
                        "has the truncation_side top in tokenizer_config.json, which must be left or right;"
                                + " correct the file.");
    }

    private static int[] ids(TinyModel model, String text) throws Exception {
        try (CrossEncoder opened = model.openCrossEncoder()) {
            int[] pair = opened.encode(text, "").ids();
            return Arrays.copyOf(pair, pair.length - 1);
        }
    }

    @Test
    void anEmbedderCutsAndPromptsAsItsFilesSay() throws Exception {
        TinyModel model = TinyModel.embedder(folder)
                .with("tokenizer_config.json", """
                        {"truncation_side":"left"}""")
                .with("config_sentence_transformers.json", """
                        {"prompts":{"query":"who ","s2p":"the "},"default_prompt_name":"s2p","similarity_fn_name":"dot"}""");
        try (Embedder opened = model.openEmbedder()) {
            assertThat(opened.encode("ship", TextRole.QUERY).ids()).containsExactly(2, 13, 5, 3);
            assertThat(opened.encode("ship", TextRole.PASSAGE).ids()).containsExactly(2, 4, 5, 3);
            int[] cut = opened.encode(TinyModel.passage(100), TextRole.PASSAGE).ids();
            assertThat(cut).hasSize(32).startsWith(2, 5, 5).endsWith(5, 12, 3);
            assertThat(opened.encode(TinyModel.passage(100), TextRole.PASSAGE).truncated())
                    .isTrue();
        }
    }
}
