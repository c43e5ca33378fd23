// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Counts and times requests for Prometheus. */
@NullMarked
package io.streamrank.gateway.metrics;

import org.jspecify.annotations.NullMarked;
