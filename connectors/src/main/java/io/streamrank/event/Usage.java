// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * Counts what an answer cost, and tells what it lost on the way.
 *
 * @param pairs pairs given to the cross-encoder
 * @param tokens their tokens, special tokens included
 * @param truncated pairs of which the model did not read everything: cut to its own limit or to that of a field's characters
 * @param remarks what was dropped, not found or not used
 */
public record Usage(int pairs, long tokens, int truncated, Remarks remarks) {
    /** Makes the usage of an answer that lost nothing. */
    public Usage(int pairs, long tokens, int truncated) {
        this(pairs, tokens, truncated, Remarks.NONE);
    }
}
