// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Offers the models of a job: embedding and reranking services that all tasks of a JVM share; no Flink, no Kafka. */
@NullMarked
package io.streamrank.inference;

import org.jspecify.annotations.NullMarked;
