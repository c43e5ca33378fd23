// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx;

import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.PairTemplate;
import io.streamrank.inference.onnx.split.SplitCrossEncoder.PairTexts;
import io.streamrank.inference.onnx.split.SplitLayout;
import io.streamrank.inference.repository.ModelFolder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokenises pairs of query and passage and truncates them to the model's limit. It joins the tokens of both texts by a {@link
 * PairTemplate}; where the model's tokenizer would give something else, it tokenises each pair whole.
 */
final class PairTokenizer implements PairTexts {
    private static final Logger LOG = LoggerFactory.getLogger(PairTokenizer.class);

    private final Tokenizer tokenizer;
    private final @Nullable PairTemplate template;

    /** @param tokenizer does not truncate where there is a template */
    private PairTokenizer(Tokenizer tokenizer, @Nullable PairTemplate template) {
        this.tokenizer = tokenizer;
        this.template = template;
    }

    /** @param split how a split model reads pairs; null for other models */
    static PairTokenizer load(TokenizerSettings settings, int maxTokens, @Nullable SplitLayout split)
            throws ModelException {
        Tokenizer pairs = Tokenizer.load(settings, maxTokens);
        Tokenizer texts = null;
        Tokenizer chosen = null;
        try {
            texts = Tokenizer.loadWithoutTruncation(settings);
            PairTemplate whole = PairTemplateDetector.template(pairs, texts, maxTokens, settings.cutsBeginning());
            PairTemplate template =
                    split == null ? whole : split.template(settings.folder().name(), whole, maxTokens);
            chosen = template == null ? pairs : texts;
            if (template == null) {
                LOG.info(
                        "Pairs of model {} cannot be built from the tokens of their texts, so each pair is tokenised as a whole.",
                        settings.folder().name());
            }
            return new PairTokenizer(chosen, template);
        } finally {
            if (chosen != pairs) {
                pairs.close();
            }
            if (texts != null && chosen != texts) {
                texts.close();
            }
        }
    }

    /** Refuses a model that cannot tell where the query ends: nothing is between the texts, and it is given no types of tokens. */
    void checkSeparation(ModelSettings settings) throws ModelException {
        if (template == null || template.between().length > 0) {
            return;
        }
        ModelFolder folder = settings.folder();
        boolean typed = template.segmentStart() >= 0
                && settings.tokenizer().typed()
                && folder.graph().takes(PaddedBatch.TOKEN_TYPE_IDS);
        if (!typed) {
            throw new ModelException("Model " + folder.name()
                    + " cannot rerank: its tokenizer joins query and document with nothing between them, as those of language"
                    + " models do, which read both in a prompt that StreamRank does not write; choose a cross-encoder whose"
                    + " tokenizer puts a separator between them.");
        }
    }

    @Nullable
    PairTemplate template() {
        return template;
    }

    /** Returns the template of a tokenizer that has one. */
    @Override
    public PairTemplate pairs() {
        return Objects.requireNonNull(template);
    }

    @Override
    public int[] tokens(String text) {
        return tokenizer.tokens(text);
    }

    Encoding encode(String query, String passage) {
        return template == null
                ? tokenizer.encode(query, passage)
                : template.join(template.keep(tokens(query)), template.keep(tokens(passage)));
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
