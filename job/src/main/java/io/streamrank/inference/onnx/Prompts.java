// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.repository.ModelFolder;
import io.streamrank.inference.repository.ModelSpec;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what is put before texts: as the user sets it, or else as {@code config_sentence_transformers.json} says. There a
 * prompt named for the role wins over the default prompt, as in sentence-transformers.
 */
record Prompts(String query, String passage) {
    private static final Logger LOG = LoggerFactory.getLogger(Prompts.class);
    private static final List<String> QUERY = List.of("query");
    private static final List<String> PASSAGE = List.of("document", "passage", "corpus");

    static Prompts read(ModelFolder folder, ModelSpec spec, JsonNode config) throws ModelException {
        JsonNode prompts = config.path("prompts");
        String standard = config.path("default_prompt_name").asText("null");
        if (!standard.equals("null") && !prompts.has(standard)) {
            throw new ModelException("Model " + folder.name() + " has the default_prompt_name " + standard
                    + " in config_sentence_transformers.json, but no prompt of that name; correct the file.");
        }
        List<String> others = ofNoRole(prompts);
        boolean unset = spec.queryPrefix() == null || spec.passagePrefix() == null;
        if (unset && standard.equals("null") && !others.isEmpty()) {
            LOG.warn(
                    "Model {} has prompts named {}, of which StreamRank puts none before a query or a document; if it"
                            + " should, set models.embedder.query-prefix and models.embedder.passage-prefix, if the model is the embedder.",
                    folder.name(),
                    String.join(", ", others));
        }
        return new Prompts(
                prompt(folder, spec.queryPrefix(), prompts, standard, QUERY, PASSAGE),
                prompt(folder, spec.passagePrefix(), prompts, standard, PASSAGE, QUERY));
    }

    /** Returns the names of the prompts that are not empty, if none is named for a role. */
    static List<String> ofNoRole(JsonNode prompts) {
        boolean named = Stream.concat(QUERY.stream(), PASSAGE.stream()).anyMatch(prompts::hasNonNull);
        return prompts.properties().stream()
                .filter(prompt -> !named && !prompt.getValue().asText("").isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String prompt(
            ModelFolder folder,
            @Nullable String given,
            JsonNode prompts,
            String standard,
            List<String> roles,
            List<String> others) {
        if (given != null) {
            return given;
        }
        List<String> named = roles.stream()
                .filter(prompts::hasNonNull)
                .map(role -> prompts.path(role).asText())
                .toList();
        if (!named.isEmpty()) {
            return named.stream()
                    .filter(prompt -> !prompt.isEmpty())
                    .findFirst()
                    .orElse("");
        }
        if (others.contains(standard)) {
            LOG.warn(
                    "Model {} has {} as its default prompt, which StreamRank does not put before a {}; if it should, set"
                            + " models.embedder.{}-prefix.",
                    folder.name(),
                    standard,
                    roles.get(0),
                    roles.equals(QUERY) ? "query" : "passage");
            return "";
        }
        return prompts.path(standard).asText("");
    }
}
