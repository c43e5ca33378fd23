// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Holds what the services count and time, for metrics. */
@NullMarked
package io.streamrank.inference.stats;

import org.jspecify.annotations.NullMarked;
