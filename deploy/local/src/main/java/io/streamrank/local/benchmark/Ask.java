// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import java.util.List;

/** A query and the passages to rank for it. */
record Ask(String query, List<String> passages) {
    Ask {
        passages = List.copyOf(passages);
    }

    /**
     * The same tokens under a query that no cache knows from another's turn: blanks at its end are not tokens.
     *
     * @param turn a number for each of those that take turns; 0 for this itself
     */
    Ask inTurn(int turn) {
        return new Ask(query + " ".repeat(turn), passages);
    }
}
