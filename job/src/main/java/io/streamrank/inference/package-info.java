// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Models behind two interfaces, and the batching in front of them; no Flink, no Kafka. */
@NullMarked
package io.streamrank.inference;

import org.jspecify.annotations.NullMarked;
