// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Kafka, Flink and the job in this process. */
@NullMarked
package io.streamrank.local.cluster;

import org.jspecify.annotations.NullMarked;
