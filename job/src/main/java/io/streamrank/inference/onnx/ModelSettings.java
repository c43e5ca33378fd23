// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.graph.OnnxGraph;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.onnx.split.SplitLayout;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelJsonFiles;
import io.streamrank.inference.repository.ModelSpec;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads how a model is to be used from its files, in the layout of transformers and sentence-transformers: {@code
 * config.json}, prompts, pooling and activation. What the user sets wins over it.
 *
 * @param cache where files are kept that are made of the model
 * @param longestIsGiven whether the user sets {@code maxTokens}
 * @param poolingMode null where neither the user nor a file says
 * @param vectorInGraph whether the graph itself makes one vector of a text
 * @param activation what the user sets; null for what the files say
 * @param activationName empty where no file says
 * @param sigmoidInGraph whether the graph itself turns a logit into a probability
 * @param split how a split model reads pairs; null for other models
 */
record ModelSettings(
        ModelFolder folder,
        Path cache,
        int maxTokens,
        boolean longestIsGiven,
        int padToken,
        TokenizerSettings tokenizer,
        Prompts prompts,
        @Nullable String poolingMode,
        boolean vectorInGraph,
        @Nullable String activation,
        String activationName,
        boolean sigmoidInGraph,
        @Nullable SplitLayout split) {
    private static final Logger LOG = LoggerFactory.getLogger(ModelSettings.class);

    static ModelSettings read(ModelFolder folder, ModelSpec spec) throws ModelException {
        ModelJsonFiles files = new ModelJsonFiles(folder);
        JsonNode config = files.read("config.json");
        JsonNode tokenizer = files.read("tokenizer.json");
        JsonNode sentence = files.read("config_sentence_transformers.json");
        OnnxGraph graph = folder.graph();
        OptionalInt rows = graph.rowsOfCountedPositions();
        int padToken = padToken(config, tokenizer, rows.isPresent() || LongestInput.isOffset(config));
        checkVocabulary(folder, tokenizer, config);
        Prompts prompts = Prompts.read(folder, spec, sentence);
        checkLayers(folder, files);
        String layer = Objects.requireNonNullElse(files.layerFolder("Pooling"), "1_Pooling");
        JsonNode pooling = files.read(layer + "/config.json");
        checkSentenceSettings(folder, sentence, pooling, prompts);
        return new ModelSettings(
                folder,
                spec.cache(),
                LongestInput.tokens(files, spec, rows, padToken),
                spec.maxTokens() != null,
                padToken,
                TokenizerSettings.read(
                        folder,
                        files.readEncoderSettings().path("do_lower_case").asBoolean(false)),
                prompts,
                spec.pooling() != null ? spec.pooling() : poolingMode(pooling),
                graph.outputs().contains(OnnxEmbedder.POOLED),
                spec.activation(),
                activationName(config),
                graph.endsInSigmoid("logits"),
                split(config));
    }

    /** Returns these for shorter inputs. */
    ModelSettings withMaxTokens(int tokens) {
        return new ModelSettings(
                folder,
                cache,
                tokens,
                longestIsGiven,
                padToken,
                tokenizer,
                prompts,
                poolingMode,
                vectorInGraph,
                activation,
                activationName,
                sigmoidInGraph,
                split);
    }

    /**
     * Returns the model's info, with a fingerprint of its files and settings.
     *
     * @param more settings that its results depend on, beyond those that every model has
     */
    ModelInfo info(Object... more) throws ModelException {
        Object[] all = Stream.of(
                        Stream.of(maxTokens, tokenizer.lowerCase()),
                        Stream.of(more),
                        tokenizer.differences().stream(),
                        Stream.ofNullable(split))
                .flatMap(part -> part)
                .toArray();
        Tokenizer.checkExists(folder);
        return new ModelInfo(folder.name(), Fingerprint.of(folder, all), maxTokens);
    }

    /** Returns how to pool. If neither the user nor a file says, the graph does it, or else the mean is taken. */
    Pooling pooling() throws ModelException {
        if (poolingMode == null) {
            return vectorInGraph ? Pooling.GRAPH : guessedPooling();
        }
        String mode = poolingMode.toLowerCase(Locale.ROOT);
        return switch (mode) {
            case "cls" -> Pooling.CLS;
            case "mean", "mean_sqrt_len" -> Pooling.MEAN; // they differ in length alone
            default ->
                throw new ModelException(
                        "Model " + folder.name() + " pools by " + mode
                                + ", StreamRank supports cls and mean: choose another model, or set pooling if its files are wrong.");
        };
    }

    /** Tells whether nothing says how to pool, so that the mean is taken. */
    boolean poolingIsGuessed() {
        return poolingMode == null && !vectorInGraph;
    }

    private Pooling guessedPooling() throws ModelException {
        ModelJsonFiles files = new ModelJsonFiles(folder);
        String path = files.layerFolder("Pooling");
        if (path != null && files.read(path + "/config.json").isMissingNode()) {
            throw new ModelException("Model " + folder.name() + " is not complete: its modules.json names " + path
                    + ", whose config.json is not there: copy the whole folder, or set models.embedder.pooling.");
        }
        return Pooling.MEAN;
    }

    /** Returns what makes a score of a logit. A sigmoid in the graph is taken back, and so applied here. */
    Activation scoring() throws ModelException {
        if (activation != null) {
            return activation.equals("none") ? Activation.IDENTITY : Activation.SIGMOID;
        }
        if (sigmoidInGraph) {
            return Activation.SIGMOID;
        }
        String name = activationName.substring(activationName.lastIndexOf('.') + 1);
        return switch (name) {
            case "Sigmoid", "" -> Activation.SIGMOID;
            case "Identity" -> Activation.IDENTITY;
            default ->
                throw new ModelException(
                        "Model " + folder.name() + " puts its logit through " + activationName
                                + ", StreamRank supports Sigmoid and Identity: set models.*.activation to one of ours, or choose another model.");
        };
    }

    private static @Nullable SplitLayout split(JsonNode config) {
        int layers = config.path("split_layers").asInt(0);
        return layers < 1
                ? null
                : new SplitLayout(
                        layers,
                        config.path("split_query_tokens").asInt(SplitLayout.QUERY_TOKENS),
                        config.path("split_document_position").asInt(SplitLayout.DOCUMENT_POSITION));
    }

    /** Returns the padding token's id: where no file says, it is 1 in models of RoBERTa's kind and 0 in BERT's. */
    private static int padToken(JsonNode config, JsonNode tokenizer, boolean offset) {
        return config.path("pad_token_id")
                .asInt(tokenizer.path("padding").path("pad_id").asInt(offset ? 1 : 0));
    }

    /** Says what of the sentence encoder's settings is not done, or refuses it. */
    private static void checkSentenceSettings(ModelFolder folder, JsonNode sentence, JsonNode pooling, Prompts prompts)
            throws ModelException {
        boolean prompted = !prompts.query().isEmpty() || !prompts.passage().isEmpty();
        if (prompted && !pooling.path("include_prompt").asBoolean(true)) {
            throw new ModelException("Model " + folder.name()
                    + " leaves its prompt out of the pooled vector (include_prompt is false), which StreamRank does not do:"
                    + " set models.embedder.query-prefix and models.embedder.passage-prefix to an empty text, or choose"
                    + " another model.");
        }
        String similarity = sentence.path("similarity_fn_name").asText("null");
        if (!Set.of("null", "cosine").contains(similarity)) {
            LOG.warn(
                    "Model {} asks for {} to compare vectors; StreamRank makes them of unit length and takes the cosine.",
                    folder.name(),
                    similarity);
        }
    }

    private static void checkLayers(ModelFolder folder, ModelJsonFiles files) throws ModelException {
        for (JsonNode module : files.read("modules.json")) {
            if (!Set.of("Transformer", "Pooling", "Normalize", "Dropout").contains(ModelJsonFiles.layerKind(module))) {
                throw new ModelException("Model " + folder.name()
                        + " has a layer after its encoder that StreamRank does not run ("
                        + module.path("type").asText()
                        + "): choose a model of Transformer, Pooling and Normalize alone.");
            }
        }
    }

    private static @Nullable String poolingMode(JsonNode config) {
        if (config.hasNonNull("pooling_mode")) {
            return config.path("pooling_mode").asText();
        }
        return config.properties().stream()
                .filter(entry -> entry.getKey().startsWith("pooling_mode_")
                        && entry.getValue().asBoolean())
                .map(entry -> entry.getKey().substring("pooling_mode_".length()))
                .map(mode -> mode.replaceFirst("_tokens?$", ""))
                .reduce((one, other) -> one + " and " + other)
                .orElse(null);
    }

    private static String activationName(JsonNode config) {
        String name = config.path("sentence_transformers").path("activation_fn").asText("");
        return name.isEmpty()
                ? config.path("sbert_ce_default_activation_function").asText("")
                : name;
    }

    private static void checkVocabulary(ModelFolder folder, JsonNode tokenizer, JsonNode config) throws ModelException {
        int rows = config.path("vocab_size").asInt(Integer.MAX_VALUE);
        JsonNode vocabulary = tokenizer.path("model").path("vocab");
        int largest = vocabulary.isArray() ? vocabulary.size() - 1 : -1;
        if (vocabulary.isObject()) {
            for (JsonNode id : vocabulary) {
                largest = Math.max(largest, id.asInt());
            }
        }
        if (largest >= rows) {
            throw new ModelException(
                    "Model " + folder.name() + " knows " + rows + " tokens, its tokenizer.json gives ids up to "
                            + largest + ": the two do not belong together, export both from the same model.");
        }
    }
}
