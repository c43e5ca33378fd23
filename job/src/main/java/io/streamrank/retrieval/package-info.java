// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Vectors, exact top-k, filters and the text of documents; no Flink, no Kafka. */
@NullMarked
package io.streamrank.retrieval;

import org.jspecify.annotations.NullMarked;
