// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Finds the nearest vectors, exactly, and tests filters; no Flink, no Kafka. */
@NullMarked
package io.streamrank.retrieval;

import org.jspecify.annotations.NullMarked;
