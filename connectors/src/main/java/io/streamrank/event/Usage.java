// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import org.jspecify.annotations.Nullable;

/**
 * Counts what an answer cost, and tells what it lost on the way.
 *
 * @param pairs pairs given to the cross-encoder
 * @param tokens their tokens, special tokens included
 * @param truncated pairs of which the model did not read everything: cut to its own limit or to that of a field's characters;
 *     null where a hosted model does not tell
 * @param billed null where no provider was asked
 * @param remarks what was dropped, not found or not used
 */
public record Usage(
        int pairs,
        long tokens,
        @Nullable Integer truncated,
        @Nullable Billed billed,
        Remarks remarks) {
    /** Makes the usage of an answer that lost nothing. */
    public Usage(int pairs, long tokens, int truncated) {
        this(pairs, tokens, truncated, Remarks.NONE);
    }

    /** Makes the usage of an answer that cost nothing. */
    public Usage(int pairs, long tokens, int truncated, Remarks remarks) {
        this(pairs, tokens, truncated, null, remarks);
    }
}
