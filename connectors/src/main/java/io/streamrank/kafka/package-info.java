// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Builds Kafka sources and sinks, and checks and creates topics; nothing else in the job touches Kafka. */
@NullMarked
package io.streamrank.kafka;

import org.jspecify.annotations.NullMarked;
