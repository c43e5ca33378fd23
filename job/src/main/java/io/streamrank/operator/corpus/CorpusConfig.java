// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.state.TextTemplate;
import java.io.Serializable;
import java.time.Duration;

/**
 * Says how the corpus is kept.
 *
 * @param placement where the documents are
 * @param shardTimeout how long the answers of further shards are waited for, after the first
 * @param embedText what of a document is embedded
 * @param maxDocuments of a collection; documents beyond this become dead letters
 * @param waitUntilLoaded whether queries wait, at start, until the documents topic has been read to where it ended
 * @param waitTimeout how long at most; then they are served from what is there
 * @param maxWaitingQueries how many wait in each parallel part at most; further ones are answered degraded
 * @param sparse how documents are found by their words
 * @param tombstoneRetention how long a delete is remembered; longer than a document can take to be embedded
 */
public record CorpusConfig(
        CorpusPlacement placement,
        Duration shardTimeout,
        TextTemplate embedText,
        SparseConfig sparse,
        int maxDocuments,
        boolean waitUntilLoaded,
        Duration waitTimeout,
        int maxWaitingQueries,
        Duration tombstoneRetention)
        implements Serializable {
    public static CorpusConfig defaults() {
        return new CorpusConfig(
                CorpusPlacement.BROADCAST,
                Duration.ofSeconds(2),
                TextTemplate.defaults(),
                SparseConfig.defaults(),
                1_000_000,
                true,
                Duration.ofMinutes(30),
                10_000,
                Duration.ofHours(1));
    }
}
