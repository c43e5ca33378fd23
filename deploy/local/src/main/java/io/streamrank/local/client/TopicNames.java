// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.client;

import java.util.List;

/** Names the topics of a job. */
public record TopicNames(String documents, String queries, String results, String deadLetters) {
    public List<String> all() {
        return List.of(documents, queries, results, deadLetters);
    }
}
