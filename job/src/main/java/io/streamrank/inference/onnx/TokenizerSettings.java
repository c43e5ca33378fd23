// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelJsonFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what the model's files say about its tokenizer beyond {@code tokenizer.json}, and changes that file's content as
 * transformers does.
 *
 * @param lowerCase whether texts are put into lower case before the tokenizer sees them
 * @param cutsBeginning whether a text that is too long loses its beginning instead of its end
 * @param typed whether the model is given the types of tokens; otherwise all are 0
 * @param normalizer members of the normaliser to replace
 * @param preTokenizer members of the pre-tokeniser to replace
 */
record TokenizerSettings(
        ModelFolder folder,
        boolean lowerCase,
        boolean cutsBeginning,
        boolean typed,
        Map<String, JsonNode> normalizer,
        Map<String, JsonNode> preTokenizer) {
    private static final Logger LOG = LoggerFactory.getLogger(TokenizerSettings.class);

    /** Maps settings to members of BERT's normaliser, as BertTokenizer of transformers does. */
    private static final Map<String, String> NORMALIZER = new TreeMap<>(Map.of(
            "do_lower_case",
            "lowercase",
            "strip_accents",
            "strip_accents",
            "tokenize_chinese_chars",
            "handle_chinese_chars"));

    /** Classes that take {@code tokenizer.json} as it is. */
    private static final Set<String> PLAIN = Set.of("PreTrainedTokenizerFast", "TokenizersBackend");

    /**
     * Reads the settings.
     *
     * @param lowerCase what the settings of the sentence encoder say
     */
    static TokenizerSettings read(ModelFolder folder, boolean lowerCase) throws ModelException {
        ModelJsonFiles files = new ModelJsonFiles(folder);
        JsonNode config = files.read("tokenizer_config.json");
        JsonNode file = files.read("tokenizer.json");
        if (side(folder, config, "padding_side", file.path("padding")).equals("left")) {
            LOG.warn(
                    "Model {} asks for padding on the left; StreamRank pads on the right and masks it, so that each text has"
                            + " the result that it has alone.",
                    folder.name());
        }
        JsonNode names = config.path("model_input_names");
        return new TokenizerSettings(
                folder,
                lowerCase,
                side(folder, config, "truncation_side", file.path("truncation")).equals("left"),
                !names.isArray() || names.toString().contains("\"" + PaddedBatch.TOKEN_TYPE_IDS + "\""),
                normalizer(folder, config, file.path("normalizer")),
                preTokenizer(config, file.path("pre_tokenizer")));
    }

    /** Returns what differs from a tokenizer of the usual kind, for the fingerprint. */
    List<String> differences() {
        List<String> differences = new ArrayList<>();
        if (cutsBeginning) {
            differences.add("truncation_side=left");
        }
        if (!typed) {
            differences.add("untyped");
        }
        normalizer.forEach((member, value) -> differences.add(member + "=" + value));
        preTokenizer.forEach((member, value) -> differences.add(member + "=" + value));
        return differences;
    }

    /** Tells whether the tokenizer's file is used as it is. */
    boolean plain() {
        return !cutsBeginning && normalizer.isEmpty() && preTokenizer.isEmpty();
    }

    /**
     * Returns the content of the tokenizer's file, changed as the settings say.
     *
     * @param maxTokens longest input; 0 for a tokenizer that does not truncate
     */
    JsonNode file(int maxTokens) throws ModelException {
        JsonNode file = new ModelJsonFiles(folder).read("tokenizer.json");
        if (bert(file.path("normalizer")) instanceof ObjectNode node) {
            node.setAll(normalizer);
        }
        if (file.path("pre_tokenizer") instanceof ObjectNode node) {
            node.setAll(preTokenizer);
        }
        if (file instanceof ObjectNode root && cutsBeginning && maxTokens > 0) {
            root.putObject("truncation")
                    .put("direction", "Left")
                    .put("max_length", maxTokens)
                    .put("strategy", "LongestFirst")
                    .put("stride", 0);
        }
        return file;
    }

    /** Returns a side: as the configuration says, or else as the tokenizer's file does, or else right. */
    private static String side(ModelFolder folder, JsonNode config, String name, JsonNode inFile)
            throws ModelException {
        String side = config.path(name)
                .asText(inFile.path("direction").asText("right"))
                .toLowerCase(Locale.ROOT);
        if (!Set.of("left", "right", "null").contains(side)) {
            throw new ModelException("Model " + folder.name() + " has the " + name + " " + side
                    + " in tokenizer_config.json, which must be left or right; correct the file.");
        }
        return side;
    }

    private static Map<String, JsonNode> normalizer(ModelFolder folder, JsonNode config, JsonNode inFile) {
        Map<String, JsonNode> changes = new TreeMap<>();
        if (PLAIN.contains(config.path("tokenizer_class").asText())) {
            return changes;
        }
        JsonNode bert = bert(inFile);
        NORMALIZER.forEach((setting, member) -> {
            JsonNode value = config.path(setting);
            if ((value.isBoolean() || value.isNull()) && bert.isObject() && !value.equals(bert.path(member))) {
                changes.put(member, value);
            }
        });
        JsonNode lower = config.path("do_lower_case");
        if (lower.isBoolean()
                && bert.isMissingNode()
                && !lower.equals(BooleanNode.valueOf(inFile.toString().contains("\"Lowercase\"")))) {
            LOG.warn(
                    "Model {} has do_lower_case {} in tokenizer_config.json and a tokenizer.json that does otherwise;"
                            + " StreamRank goes by tokenizer.json, as transformers does.",
                    folder.name(),
                    lower);
        }
        return changes;
    }

    private static Map<String, JsonNode> preTokenizer(JsonNode config, JsonNode inFile) {
        JsonNode value = config.path("add_prefix_space");
        boolean changes = value.isBoolean()
                && inFile.has("add_prefix_space")
                && !value.equals(inFile.path("add_prefix_space"))
                && !PLAIN.contains(config.path("tokenizer_class").asText());
        return changes ? Map.of("add_prefix_space", value) : Map.of();
    }

    /** Returns BERT's normaliser, alone or in a sequence; a missing node where there is none. */
    private static JsonNode bert(JsonNode normalizer) {
        if (normalizer.path("type").asText().equals("BertNormalizer")) {
            return normalizer;
        }
        for (JsonNode part : normalizer.path("normalizers")) {
            if (part.path("type").asText().equals("BertNormalizer")) {
                return part;
            }
        }
        return MissingNode.getInstance();
    }
}
