// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Measures how fast documents that bring their vectors become searchable. */
@NullMarked
package io.streamrank.benchmark.ingest;

import org.jspecify.annotations.NullMarked;
