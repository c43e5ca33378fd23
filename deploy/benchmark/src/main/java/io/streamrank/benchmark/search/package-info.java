// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** How the cost of a search grows with the corpus, next to Lucene. */
@NullMarked
package io.streamrank.benchmark.search;

import org.jspecify.annotations.NullMarked;
