// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import java.util.List;

/**
 * Says what a reply is to be written from. Travels with an answer until the reply is written, and is on no topic.
 *
 * @param sources best first, at least one
 * @param dropped documents that were left out, as all together were too long
 */
public record ReplyOrder(ReplyRequest request, List<ReplySource> sources, int dropped) {
    public ReplyOrder {
        sources = List.copyOf(sources);
    }
}
