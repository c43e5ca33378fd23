// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.onnx.split;

import io.streamrank.inference.model.ModelException;
import io.streamrank.inference.model.PairTemplate;
import org.jspecify.annotations.Nullable;

/**
 * Says how a split model reads a pair: the query's part is {@code [CLS] query [SEP]} with positions from 0, the document's is
 * {@code document [SEP]} with positions from a fixed one, so that neither depends on the other.
 *
 * @param layers the lowest layers, in which query and document do not see each other
 * @param queryTokens longest part of the query, special tokens included
 * @param documentPosition position of the document's first token
 */
public record SplitLayout(int layers, int queryTokens, int documentPosition) {
    /** What the recipe trains with. */
    public static final int QUERY_TOKENS = 128;

    public static final int DOCUMENT_POSITION = 32;

    /** Special tokens of the query's part, and of the document's. */
    private static final int AROUND_QUERY = 2;

    private static final int AFTER_DOCUMENT = 1;

    /**
     * Returns how pairs are put together, each text cut for itself.
     *
     * @param usual the tokenizer's template; null where it has none
     * @param maxTokens positions that the model has, or as many of them as the user wants it to use
     */
    public PairTemplate template(String model, @Nullable PairTemplate usual, int maxTokens) throws ModelException {
        boolean fits = usual != null
                && usual.before().length + usual.between().length == AROUND_QUERY
                && usual.after().length == AFTER_DOCUMENT
                && usual.segmentStart() == usual.between().length;
        if (usual == null || !fits) {
            throw new ModelException("Model " + model
                    + " cannot be used: config.json says that it reads query and document apart (split_layers), for which its"
                    + " tokenizer must make [CLS] query [SEP] document [SEP] of a pair; take the tokenizer that the model was"
                    + " trained with.");
        }
        int ofDocument = documentTokens(maxTokens) - AFTER_DOCUMENT;
        if (ofDocument < 1) {
            throw new ModelException("Model " + model + " cannot read " + maxTokens
                    + " tokens: the first token of a document has position " + documentPosition
                    + ", so max-tokens must be at least " + (documentPosition + AFTER_DOCUMENT + 1) + ".");
        }
        return usual.apart(longestQuery(maxTokens) - AROUND_QUERY, ofDocument);
    }

    /** Returns the longest part of a query, special tokens included. */
    int longestQuery(int maxTokens) {
        return Math.min(queryTokens, maxTokens);
    }

    /** Returns the longest part of a document, special token included. */
    int documentTokens(int maxTokens) {
        return maxTokens - documentPosition;
    }
}
