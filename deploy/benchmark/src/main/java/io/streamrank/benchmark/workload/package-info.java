// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** The queries and passages that a benchmark runs with, and when they arrive. */
@NullMarked
package io.streamrank.benchmark.workload;

import org.jspecify.annotations.NullMarked;
