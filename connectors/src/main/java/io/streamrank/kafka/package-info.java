// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** The only place that builds Kafka sources and sinks. */
@NullMarked
package io.streamrank.kafka;

import org.jspecify.annotations.NullMarked;
