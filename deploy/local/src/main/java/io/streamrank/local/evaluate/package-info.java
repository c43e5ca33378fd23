// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** What reranking buys on a collection with relevance judgements: the job over bounded sources, measured as trec_eval does. */
@NullMarked
package io.streamrank.local.evaluate;

import org.jspecify.annotations.NullMarked;
