// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/** Says which first stage finds a query's candidates. Savepoints hold the constants by name, so none is ever renamed. */
public enum RetrievalMode {
    /** The nearest vectors. */
    DENSE("dense"),
    /** The best by BM25. */
    SPARSE("sparse"),
    /** Both, fused by their ranks. */
    HYBRID("hybrid");

    private final String wireName;

    RetrievalMode(String wireName) {
        this.wireName = wireName;
    }

    /** Returns the mode as queries, options and reports name it, e.g. {@code hybrid}. */
    public String wireName() {
        return wireName;
    }
}
