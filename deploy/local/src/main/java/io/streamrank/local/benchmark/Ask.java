// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.benchmark;

import java.util.List;

/** A query and the passages to rank for it. */
record Ask(String query, List<String> passages) {
    Ask {
        passages = List.copyOf(passages);
    }
}
