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

    /**
     * Returns this model with memory for what it computes of documents alone, which it then computes once; this itself if it
     * computes nothing of them alone. Only the returned model may be used and closed from then on.
     *
     * @param bytes most memory outside the heap; 0 for none
     */
    default CrossEncoder keepingDocuments(long bytes) {
        return this;
    }

    /** Returns how often it had what it computes of documents alone. */
    default KeptDocuments keptDocuments() {
        return KeptDocuments.NONE;
    }

    /**
     * Counts what a model keeps of documents.
     *
     * @param hits pairs whose document was there; only grows
     * @param misses pairs whose document had to be computed; only grows
     * @param entries documents that are there now, about
     * @param bytes that they take outside the heap now
     */
    record KeptDocuments(long hits, long misses, long entries, long bytes) {
        public static final KeptDocuments NONE = new KeptDocuments(0, 0, 0, 0);
    }

    /** Returns what the model's head makes of a logit (sigmoid for one label unless its configuration says otherwise). */
    double relevance(float logit);
}
