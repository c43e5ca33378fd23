// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Sends queries and documents to Kafka, and reads the replies. */
@NullMarked
package io.streamrank.gateway.kafka;

import org.jspecify.annotations.NullMarked;
