// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.codec;

import io.streamrank.event.RetrievalMode;
import java.io.Serializable;

/** Holds the values that a query gets for what it leaves out. {@code timeoutMs} 0 means no limit. */
public record QueryDefaults(
        String collection,
        RetrievalMode retrieval,
        int candidates,
        int topN,
        boolean returnDocuments,
        boolean returnLogits,
        long timeoutMs)
        implements Serializable {
    public static QueryDefaults defaults() {
        return new QueryDefaults("default", RetrievalMode.DENSE, 50, 10, false, false, 0);
    }
}
