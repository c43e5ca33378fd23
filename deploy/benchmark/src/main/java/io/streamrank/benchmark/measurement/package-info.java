// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** What is measured: work done in a time, latencies, and their statistics. */
@NullMarked
package io.streamrank.benchmark.measurement;

import org.jspecify.annotations.NullMarked;
