// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Measures what reranking buys on a collection with relevance judgements, as trec_eval does: {@code ./streamrank
 * evaluate}.
 */
@NullMarked
package io.streamrank.evaluation;

import org.jspecify.annotations.NullMarked;
