// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.evaluate;

import java.util.List;

/** The report for people: one page that needs nothing else. */
record Page(Judged collection, List<Result> results) {
    String html() {
        return "";
    }
}
