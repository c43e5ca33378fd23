// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator.corpus;

import io.streamrank.retrieval.sparse.Bm25;
import io.streamrank.retrieval.sparse.TextLanguage;
import io.streamrank.state.TextTemplate;
import java.io.Serializable;

/**
 * Says how documents are found by their words.
 *
 * @param enabled whether an inverted index is kept; without it documents are found by their vectors alone
 * @param text what of a document is read, without the names of its fields
 * @param language of the texts and queries
 */
public record SparseConfig(boolean enabled, TextTemplate text, TextLanguage language, Bm25 bm25)
        implements Serializable {
    public static SparseConfig defaults() {
        return new SparseConfig(true, TextTemplate.defaults(), TextLanguage.ENGLISH, Bm25.DEFAULTS);
    }
}
