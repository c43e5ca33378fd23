// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.query;

import io.streamrank.state.TextTemplate;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says how candidates are reranked.
 *
 * @param rankText what of a document the cross-encoder reads, where the query does not say
 * @param dropDuplicates whether retrieval leaves out a document whose text equals a nearer one's
 * @param retrievalWeight retrieved candidates are ordered by softplus(logit + 1) + weight × cosine similarity; 0 for
 *     the logit alone
 * @param capacity queries in flight per subtask, at least 1
 * @param timeout for a query in all steps together; after this it is answered degraded, whatever its own timeout
 */
public record RerankConfig(
        TextTemplate rankText, boolean dropDuplicates, double retrievalWeight, int capacity, Duration timeout)
        implements Serializable {
    /** What the best by BM25 has over a document that BM25 did not find, as a difference of cosines. */
    public static final double BM25_SHARE = 0.08;

    public static RerankConfig defaults() {
        return new RerankConfig(TextTemplate.defaults(), true, 0, 256, Duration.ofSeconds(30));
    }

    /** Returns what documents with the same text have in common; null to retrieve copies, too. */
    public @Nullable TextTemplate distinctText() {
        return dropDuplicates ? rankText : null;
    }
}
