// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference;

import org.jspecify.annotations.Nullable;

/**
 * What became of one (query, passage) pair.
 *
 * @param logit the model's raw output; NaN where {@code failure} is set
 * @param tokens length of the pair, special tokens included
 * @param truncated whether the pair was cut to the model's limit
 * @param failure why this pair alone could not be scored, or null
 */
public record PairScore(
        float logit,
        int tokens,
        boolean truncated,
        @Nullable String failure) {}
