// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.service;

import io.streamrank.inference.model.CrossEncoder.KeptDocuments;
import io.streamrank.inference.model.DeadlineExceededException;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import io.streamrank.inference.model.PairOutcome;
import io.streamrank.inference.stats.CacheStats;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Scores queries against passages. Thread-safe. */
public interface PassageReranker extends ModelService {
    /**
     * Scores one query against its candidates. A pair that was scored lately is not scored again.
     *
     * @param deadlineNanos on {@link System#nanoTime()}'s scale; at that time the future fails with {@link
     *     DeadlineExceededException}; where the model would not be done by then, it fails with {@link OverloadException} before
     *     anything is run; {@link Long#MAX_VALUE} for none
     * @return one outcome a passage, in their order. Fails with an {@link InferenceException} where nothing could be scored.
     *     Completes on a thread that must not be blocked
     */
    CompletableFuture<List<PairOutcome>> score(String query, List<String> passages, long deadlineNanos);

    /** Returns what the model makes of a logit. */
    double relevance(float logit);

    /** Returns how often tokens of texts were found, over all users of the model. */
    CacheStats tokenCache();

    /** Returns how often scores of pairs were found, over all users of the model. */
    CacheStats scoreCache();

    /** Returns what the model keeps of documents, over all its users; nothing for models that read pairs whole. */
    default KeptDocuments documentCache() {
        return KeptDocuments.NONE;
    }
}
