// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scores (query, passage) pairs with a cross-encoder. */
public interface CrossEncoder extends Model {
    /** Tokenises a pair as the model's tokenizer does, truncating to the model's limit. */
    Encoding encode(String query, String passage);

    /**
     * Returns how a pair is put together from the {@link #tokens} of its texts, equal to what {@link #encode} gives; null
     * where only the tokenizer itself can make pairs.
     */
    @Nullable
    PairTemplate template();

    /** Returns the token ids of one text, whole and without special tokens; owned by the caller. */
    int[] tokens(String text);

    /**
     * Scores a batch in one run.
     *
     * @return one logit a pair, in the order of the batch; NaN where the model gave NaN
     * @throws InferenceException if the run fails
     */
    float[] logits(List<Encoding> batch) throws InferenceException;

    /** Returns what the model's head makes of a logit (sigmoid for one label unless its configuration says otherwise). */
    double relevance(float logit);
}
