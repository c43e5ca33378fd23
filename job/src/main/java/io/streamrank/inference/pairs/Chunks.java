// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.pairs;

import io.streamrank.inference.model.Encoding;
import io.streamrank.inference.model.PairPolicy;
import io.streamrank.inference.model.PairTemplate;
import io.streamrank.inference.model.Tokens;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a passage that does not fit beside its query into overlapping chunks, each behind the whole query, so that the end
 * of a long document counts too. Thread-safe.
 *
 * <p>Example: a pair may have 16 tokens, three of them special, and chunks overlap by 2. Beside a query of 3 tokens there is
 * room for 10 of the passage. One of 20 tokens is read as 0 to 9, 8 to 17 and 16 to 19.
 */
final class Chunks {
    private final PairTemplate template;
    private final int stride;
    private final int limit;

    Chunks(PairTemplate template, PairPolicy policy) {
        this.template = template;
        this.stride = policy.chunkStride();
        this.limit = policy.maxChunks();
    }

    /** Combines the logits of two chunks of a passage: the best chunk speaks for the passage. */
    static float combine(float first, float second) {
        return Math.max(first, second);
    }

    /** Returns the most tokens of a passage that are ever read. */
    int readable() {
        return (int) Math.min(Integer.MAX_VALUE, (long) template.room() * limit);
    }

    /** Returns one chunk where the passage fits, several where it does not; a query takes at most half the room. */
    EncodedPair pair(Tokens query, Tokens passage) {
        int ofQuery = Math.min(query.length(), Math.min(template.room() / 2, template.mostOfFirst()));
        int window = Math.min(template.room() - ofQuery, template.mostOfSecond());
        if (passage.length() <= window) {
            return new EncodedPair(List.of(template.join(query, passage)));
        }
        int step = window - Math.min(stride, window / 2);
        int needed = 1 + (passage.length() - window + step - 1) / step;
        boolean truncated = ofQuery < query.length() || needed > limit;
        List<Encoding> chunks = new ArrayList<>();
        for (int i = 0; i < Math.min(needed, limit); i++) {
            int from = i * step;
            int to = Math.min(from + window, passage.length());
            chunks.add(template.join(query, ofQuery, passage, from, to, truncated));
        }
        return new EncodedPair(chunks);
    }
}
