// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Finds documents by their words: an inverted index with BM25, whose terms Lucene's analyzers make. */
@NullMarked
package io.streamrank.retrieval.sparse;

import org.jspecify.annotations.NullMarked;
