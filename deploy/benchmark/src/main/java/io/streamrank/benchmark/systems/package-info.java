// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** The systems that a benchmark compares: ONNX Runtime alone, the engine, the job between topics, other programs. */
@NullMarked
package io.streamrank.benchmark.systems;

import org.jspecify.annotations.NullMarked;
