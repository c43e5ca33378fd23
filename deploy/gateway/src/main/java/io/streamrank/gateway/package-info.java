// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Answers HTTP requests with the job behind Kafka: the server and its settings. */
@NullMarked
package io.streamrank.gateway;

import org.jspecify.annotations.NullMarked;
