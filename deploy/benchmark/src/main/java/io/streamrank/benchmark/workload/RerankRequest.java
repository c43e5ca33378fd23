// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark.workload;

import java.util.List;

/** Holds a query and the passages to rank for it. */
public record RerankRequest(String query, List<String> passages) {
    public RerankRequest {
        passages = List.copyOf(passages);
    }

    /**
     * Returns the same tokens under a query that no cache knows from another's turn: blanks at its end are not tokens.
     *
     * @param turn a number for each of those that take turns; 0 for this itself
     */
    public RerankRequest inTurn(int turn) {
        return new RerankRequest(query + " ".repeat(turn), passages);
    }
}
