// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.repository.ModelJsonFiles;
import io.streamrank.inference.repository.ModelSpec;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/** Finds out how many tokens a model reads: as the user sets it, or else the least of what its files say. */
final class LongestInput {
    private static final int USUAL = 512;
    private static final int LEAST = 8;

    /** Model types whose positions begin after the padding token's, for graphs that do not show it. */
    private static final Set<String> OFFSET_POSITIONS = Set.of(
            "roberta",
            "roberta-prelayernorm",
            "xlm-roberta",
            "xlm-roberta-xl",
            "xmod",
            "camembert",
            "data2vec-text",
            "ibert",
            "lilt",
            "mpnet",
            "longformer");

    private LongestInput() {}

    /**
     * Returns the length.
     *
     * @param rows of the table of positions, if the graph counts them from the padding token's on
     * @param padToken the padding token's id
     */
    static int tokens(ModelJsonFiles files, ModelSpec spec, OptionalInt rows, int padToken) throws ModelException {
        int most = positions(files.read("config.json"), rows, padToken);
        if (spec.maxTokens() != null) {
            if (spec.maxTokens() < LEAST || spec.maxTokens() > most) {
                throw new ModelException("Model " + files.folder().name() + " cannot read " + spec.maxTokens()
                        + " tokens: max-tokens must be in [" + LEAST + ", "
                        + (most == Integer.MAX_VALUE ? "∞" : String.valueOf(most)) + "].");
            }
            return spec.maxTokens();
        }
        JsonNode sentence = files.readEncoderSettings().path("max_seq_length");
        JsonNode tokenizer = files.read("tokenizer_config.json").path("model_max_length");
        // Tokenizers that know no limit say so with a number beyond any.
        double least = Stream.of(sentence, tokenizer)
                .mapToDouble(JsonNode::asDouble)
                .filter(limit -> limit >= 1 && limit < 1e6)
                .min()
                .orElse(most == Integer.MAX_VALUE ? USUAL : most);
        return (int) Math.min(most, least);
    }

    /** Tells whether models of that type have positions that begin after the padding token's. */
    static boolean isOffset(JsonNode config) {
        return OFFSET_POSITIONS.contains(config.path("model_type").asText());
    }

    private static int positions(JsonNode config, OptionalInt rows, int padToken) throws ModelException {
        int said = config.path("max_position_embeddings").asInt(0);
        int positions = Math.min(said > 0 ? said : Integer.MAX_VALUE, rows.orElse(Integer.MAX_VALUE));
        boolean offset = rows.isPresent() || isOffset(config);
        return offset && positions < Integer.MAX_VALUE ? positions - padToken - 1 : positions;
    }
}
