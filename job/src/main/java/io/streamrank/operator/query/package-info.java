// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Turns records of the queries topic into ranked results: decode, embed, rerank. */
@NullMarked
package io.streamrank.operator.query;

import org.jspecify.annotations.NullMarked;
