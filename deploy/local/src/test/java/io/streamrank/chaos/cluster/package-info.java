// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Runs Kafka and a Flink cluster as processes, so that they can be killed. */
@NullMarked
package io.streamrank.chaos.cluster;

import org.jspecify.annotations.NullMarked;
