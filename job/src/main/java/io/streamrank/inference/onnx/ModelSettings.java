// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.ModelInfo;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelSpec;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads how a model is to be used from its files, in the layout of transformers and sentence-transformers: {@code
 * config.json}, prompts, pooling and activation. What the user sets wins over it.
 *
 * @param poolingMode null where no file says
 * @param activationName empty where no file says
 */
record ModelSettings(
        ModelFolder folder,
        int maxTokens,
        int padToken,
        boolean lowerCase,
        String queryPrefix,
        String passagePrefix,
        @Nullable String poolingMode,
        String activationName) {
    private static final int USUAL_LENGTH = 512;
    /** Model types whose position embeddings begin after the padding token's. */
    private static final Set<String> OFFSET_POSITIONS =
            Set.of("roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "mpnet", "longformer");

    static ModelSettings read(ModelFolder folder, ModelSpec spec) throws ModelException {
        ModelJsonFiles files = new ModelJsonFiles(folder);
        JsonNode config = files.read("config.json");
        JsonNode sentence = files.read("sentence_bert_config.json");
        JsonNode prompts = files.read("config_sentence_transformers.json").path("prompts");
        checkVocabulary(folder, files.read("tokenizer.json"), config);
        return new ModelSettings(
                folder,
                maxTokens(folder, spec, config, sentence, files.read("tokenizer_config.json")),
                config.path("pad_token_id").asInt(0),
                sentence.path("do_lower_case").asBoolean(false),
                prefix(spec.queryPrefix(), prompts, "query"),
                prefix(spec.passagePrefix(), prompts, "passage", "document"),
                spec.pooling() != null ? spec.pooling() : poolingMode(folder, files),
                activationName(config));
    }

    /**
     * Returns the model's info, with a fingerprint of its files and settings.
     *
     * @param more settings that its results depend on, beyond those that every model has
     */
    ModelInfo info(Object... more) throws ModelException {
        Object[] all =
                Stream.concat(Stream.of(maxTokens, lowerCase), Stream.of(more)).toArray();
        return new ModelInfo(folder.name(), Fingerprint.of(folder, all), maxTokens);
    }

    Pooling pooling() throws ModelException {
        String mode = poolingMode == null ? "mean" : poolingMode.toLowerCase(Locale.ROOT);
        return switch (mode) {
            case "cls" -> Pooling.CLS;
            case "mean" -> Pooling.MEAN;
            default ->
                throw new ModelException(
                        "Model " + folder.name() + " pools by " + mode
                                + ", StreamRank supports cls and mean: choose another model, or set pooling if its files are wrong.");
        };
    }

    Activation activation() throws ModelException {
        String name = activationName.substring(activationName.lastIndexOf('.') + 1);
        return switch (name) {
            case "Sigmoid", "" -> Activation.SIGMOID;
            case "Identity" -> Activation.IDENTITY;
            default ->
                throw new ModelException(
                        "Model " + folder.name() + " puts its logit through " + activationName
                                + ", StreamRank supports Sigmoid and Identity: choose another model or change its config.json.");
        };
    }

    private static int maxTokens(
            ModelFolder folder, ModelSpec spec, JsonNode config, JsonNode sentence, JsonNode tokenizer)
            throws ModelException {
        int positions = config.path("max_position_embeddings").asInt(0);
        if (OFFSET_POSITIONS.contains(config.path("model_type").asText())) {
            positions -= 2;
        }
        int most = positions > 0 ? positions : Integer.MAX_VALUE;
        if (spec.maxTokens() != null) {
            if (spec.maxTokens() < 8 || spec.maxTokens() > most) {
                throw new ModelException("Model " + folder.name() + " cannot read " + spec.maxTokens()
                        + " tokens: max-tokens must be in [8, "
                        + (most == Integer.MAX_VALUE ? "∞" : String.valueOf(most)) + "].");
            }
            return spec.maxTokens();
        }
        // Tokenizers that know no limit say so with a number beyond any.
        double[] limits = Stream.of(sentence.path("max_seq_length"), tokenizer.path("model_max_length"))
                .mapToDouble(JsonNode::asDouble)
                .filter(limit -> limit >= 1 && limit < 1e6)
                .toArray();
        for (double limit : limits) {
            most = Math.min(most, (int) limit);
        }
        return most == Integer.MAX_VALUE ? USUAL_LENGTH : most;
    }

    private static String prefix(@Nullable String given, JsonNode prompts, String... roles) {
        if (given != null) {
            return given;
        }
        return Stream.of(roles)
                .map(role -> prompts.path(role).asText(""))
                .filter(prompt -> !prompt.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static @Nullable String poolingMode(ModelFolder folder, ModelJsonFiles files) throws ModelException {
        String path = "1_Pooling";
        for (JsonNode module : files.read("modules.json")) {
            String type = module.path("type").asText();
            String kind = type.substring(type.lastIndexOf('.') + 1);
            if (kind.equals("Pooling")) {
                path = module.path("path").asText(path);
            } else if (!Set.of("Transformer", "Normalize", "Dropout").contains(kind)) {
                throw new ModelException(
                        "Model " + folder.name() + " has a layer after its encoder that StreamRank does not" + " run ("
                                + type + "): choose a model of Transformer, Pooling and Normalize alone.");
            }
        }
        JsonNode config = files.read(path + "/config.json");
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
