// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.repository.Device;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelSpec;
import io.streamrank.inference.repository.TinyGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSettingsTest {
    @TempDir
    private Path root;

    @BeforeEach
    void writeWeights() throws IOException {
        write("model.onnx", "");
    }

    @Test
    void aBareModelIsMeanPooledSigmoidAndOfTheUsualLength() throws Exception {
        ModelSettings settings = read();
        assertThat(settings.pooling()).isEqualTo(Pooling.MEAN);
        assertThat(settings.scoring()).isEqualTo(Activation.SIGMOID);
        assertThat(settings.maxTokens()).isEqualTo(512);
        assertThat(settings.prompts().query()).isEmpty();
    }

    @Test
    void theShortestOfAllLengthsCounts() throws Exception {
        write("config.json", """
                {"max_position_embeddings":512}""");
        write("tokenizer_config.json", """
                {"model_max_length":1000000000000000019884624838656}""");
        assertThat(read().maxTokens()).isEqualTo(512);
        write("sentence_bert_config.json", """
                {"max_seq_length":256}""");
        assertThat(read().maxTokens()).isEqualTo(256);
        write("tokenizer_config.json", """
                {"model_max_length":128}""");
        assertThat(read().maxTokens()).isEqualTo(128);
    }

    @Test
    void readsTheEncodersSettingsUnderOldNamesAndInTheLayersFolder() throws Exception {
        write("sentence_xlm-roberta_config.json", """
                {"max_seq_length":128,"do_lower_case":true}""");
        assertThat(read().maxTokens()).isEqualTo(128);
        assertThat(read().tokenizer().lowerCase()).isTrue();
        write("modules.json", """
                [{"type":"sentence_transformers.models.Transformer","path":"0_Transformer"}]""");
        assertThat(read().maxTokens()).isEqualTo(128);
        write("0_Transformer/sentence_roberta_config.json", """
                {"max_seq_length":64}""");
        assertThat(read().maxTokens()).isEqualTo(64);
        assertThat(read().tokenizer().lowerCase()).isFalse();
    }

    @Test
    void robertaLosesTwoPositions() throws Exception {
        write("config.json", """
                {"max_position_embeddings":514,"model_type":"xlm-roberta","pad_token_id":1}""");
        assertThat(read().maxTokens()).isEqualTo(512);
        assertThat(read().padToken()).isEqualTo(1);
    }

    @Test
    void positionsBeginAfterThePaddingTokens() throws Exception {
        write("config.json", """
                {"max_position_embeddings":514,"model_type":"data2vec-text","pad_token_id":3}""");
        assertThat(read().maxTokens()).isEqualTo(510);
        write("config.json", """
                {"max_position_embeddings":514,"model_type":"camembert"}""");
        assertThat(read().maxTokens()).isEqualTo(512);
        assertThat(read().padToken()).isEqualTo(1);
    }

    @Test
    void theUsersLengthGoesBeforeTheFilesButNotBeyondThePositions() throws Exception {
        write("config.json", """
                {"max_position_embeddings":512}""");
        write("sentence_bert_config.json", """
                {"max_seq_length":256}""");
        assertThat(ModelSettings.read(folder(), spec(400, null, null)).maxTokens())
                .isEqualTo(400);
        assertThatThrownBy(() -> ModelSettings.read(folder(), spec(513, null, null)))
                .hasMessage("Model m cannot read 513 tokens: max-tokens must be in [8, 512].");
    }

    @Test
    void readsPoolingAndPrompts() throws Exception {
        write("modules.json", """
                [{"type":"sentence_transformers.models.Transformer","path":""},
                 {"type":"sentence_transformers.models.Pooling","path":"1_Pooling"},
                 {"type":"sentence_transformers.models.Normalize","path":"2_Normalize"}]""");
        write("1_Pooling/config.json", """
                {"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}""");
        write("config_sentence_transformers.json", """
                {"prompts":{"query":"q: ","document":"d: "}}""");
        assertThat(read().pooling()).isEqualTo(Pooling.CLS);
        assertThat(read().prompts().query()).isEqualTo("q: ");
        assertThat(read().prompts().passage()).isEqualTo("d: ");
        ModelSettings said = ModelSettings.read(folder(), spec(null, "", "mean"));
        assertThat(said.prompts().query()).isEmpty();
        assertThat(said.pooling()).isEqualTo(Pooling.MEAN);
    }

    @Test
    void aRolesOwnPromptWinsOverTheDefault() throws Exception {
        assertPrompts("""
                {"prompts":{"all":"a: "},"default_prompt_name":"all"}""", "a: ", "a: ");
        assertPrompts("""
                {"prompts":{"query":"q: ","document":"","passage":"p: "},"default_prompt_name":null}""", "q: ", "p: ");
        assertPrompts("""
                {"prompts":{"query":"q: ","all":"a: "},"default_prompt_name":"all"}""", "q: ", "a: ");
        assertPrompts("""
                {"prompts":{"query":"q: ","document":"","all":"a: "},"default_prompt_name":"all"}""", "q: ", "");
        assertPrompts("""
                {"prompts":{"query":"q: "},"default_prompt_name":"query"}""", "q: ", "");
        write("config_sentence_transformers.json", """
                {"prompts":{"query":"q: "},"default_prompt_name":"other"}""");
        assertThatThrownBy(this::read)
                .hasMessage(
                        "Model m has the default_prompt_name other in config_sentence_transformers.json, but no prompt of"
                                + " that name; correct the file.");
    }

    @Test
    void findsPromptsThatAreOfNoRole() throws Exception {
        assertThat(ofNoRole("""
                {"retrieval.query":"q: ","retrieval.passage":"p: ","plain":""}""")).containsExactly("retrieval.query", "retrieval.passage");
        assertThat(ofNoRole("""
                {"query":"q: ","other":"o: "}""")).isEmpty();
        assertThat(ofNoRole("{}")).isEmpty();
        assertPrompts("""
                {"prompts":{"retrieval.query":"q: "},"default_prompt_name":null}""", "", "");
    }

    private static List<String> ofNoRole(String prompts) throws IOException {
        return Prompts.ofNoRole(new ObjectMapper().readTree(prompts));
    }

    private void assertPrompts(String config, String query, String passage) throws Exception {
        write("config_sentence_transformers.json", config);
        assertThat(read().prompts()).isEqualTo(new Prompts(query, passage));
    }

    @Test
    void refusesToLeaveAPromptOutOfTheVector() throws Exception {
        write("1_Pooling/config.json", """
                {"pooling_mode_mean_tokens":true,"include_prompt":false}""");
        assertThat(read().pooling()).isEqualTo(Pooling.MEAN);
        write("config_sentence_transformers.json", """
                {"prompts":{"query":"q: "}}""");
        assertThatThrownBy(this::read).hasMessageContaining("include_prompt is false");
    }

    @Test
    void whereNoFileSaysHowToPoolTheGraphDoesOrTheMeanIsTaken() throws Exception {
        assertThat(read().poolingIsGuessed()).isTrue();
        assertThat(read().pooling()).isEqualTo(Pooling.MEAN);
        assertThat(ModelSettings.read(folder(), spec(null, null, "mean")).poolingIsGuessed())
                .isFalse();
        write("modules.json", """
                [{"type":"sentence_transformers.models.Pooling","path":"pool"}]""");
        assertThatThrownBy(() -> read().pooling())
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "Model m is not complete: its modules.json names pool, whose config.json is not there: copy the"
                                + " whole folder, or set models.embedder.pooling.");
        assertThat(ModelSettings.read(folder(), spec(null, null, "cls")).pooling())
                .isEqualTo(Pooling.CLS);
        Files.write(
                root.resolve("model.onnx"),
                new TinyGraph().output("sentence_embedding").bytes());
        assertThat(read().poolingIsGuessed()).isFalse();
        assertThat(read().pooling()).isEqualTo(Pooling.GRAPH);
        write("pool/config.json", """
                {"pooling_mode_cls_token":true}""");
        assertThat(read().pooling()).isEqualTo(Pooling.CLS);
    }

    @Test
    void refusesPoolingItCannotDo() throws Exception {
        write("1_Pooling/config.json", """
                {"pooling_mode_cls_token":true,"pooling_mode_max_tokens":true}""");
        assertThatThrownBy(() -> read().pooling())
                .hasMessage(
                        "Model m pools by cls and max, StreamRank supports cls and mean: choose another model, or set pooling"
                                + " if its files are wrong.");
    }

    @Test
    void refusesLayersAfterPooling() throws Exception {
        write("modules.json", """
                [{"type":"sentence_transformers.models.Dense","path":"2_Dense"}]""");
        assertThatThrownBy(() -> ModelSettings.read(folder(), spec(null, null, "cls")))
                .hasMessageContaining("has a layer after its encoder that StreamRank does not run"
                        + " (sentence_transformers.models.Dense)");
    }

    @Test
    void readsTheActivationOfOldAndNewFiles() throws Exception {
        write("config.json", """
                {"sbert_ce_default_activation_function":"torch.nn.modules.linear.Identity"}""");
        assertThat(read().scoring()).isEqualTo(Activation.IDENTITY);
        write("config.json", """
                {"sentence_transformers":{"activation_fn":"torch.nn.modules.activation.Sigmoid"},
                 "sbert_ce_default_activation_function":"torch.nn.modules.linear.Identity"}""");
        assertThat(read().scoring()).isEqualTo(Activation.SIGMOID);
        write("config.json", """
                {"sentence_transformers":{"activation_fn":"torch.nn.modules.activation.Tanh"}}""");
        assertThatThrownBy(() -> read().scoring())
                .hasMessage(
                        "Model m puts its logit through torch.nn.modules.activation.Tanh, StreamRank supports Sigmoid and"
                                + " Identity: set models.*.activation to one of ours, or choose another model.");
    }

    @Test
    void refusesATokenizerOfAnotherModel() throws Exception {
        write("config.json", """
                {"vocab_size":3}""");
        write("tokenizer.json", """
                {"model":{"vocab":{"a":0,"b":3}}}""");
        assertThatThrownBy(this::read)
                .hasMessage(
                        "Model m knows 3 tokens, its tokenizer.json gives ids up to 3: the two do not belong together,"
                                + " export both from the same model.");
    }

    @Test
    void saysWhichFileIsDamaged() throws Exception {
        write("config.json", """
                {"vocab_size":""");
        assertThatThrownBy(this::read)
                .hasMessageContaining("config.json is not JSON")
                .isInstanceOf(ModelException.class);
    }

    private ModelSettings read() throws ModelException {
        return ModelSettings.read(folder(), spec(null, null, null));
    }

    private ModelFolder folder() {
        return new ModelFolder("m", root, "model.onnx");
    }

    private ModelSpec spec(Integer maxTokens, String queryPrefix, String pooling) {
        return new ModelSpec(
                "m",
                null,
                maxTokens,
                queryPrefix,
                null,
                pooling,
                null,
                null,
                root.toString(),
                java.time.Duration.ofSeconds(1),
                Device.AUTO);
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
