// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Models on DJL and ONNX Runtime. */
@NullMarked
package io.streamrank.inference.onnx;

import org.jspecify.annotations.NullMarked;
