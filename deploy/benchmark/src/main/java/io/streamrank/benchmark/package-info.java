// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Measures the job's speed on this machine against the fastest that ONNX Runtime allows: {@code ./streamrank
 * benchmark}.
 */
@NullMarked
package io.streamrank.benchmark;

import org.jspecify.annotations.NullMarked;
