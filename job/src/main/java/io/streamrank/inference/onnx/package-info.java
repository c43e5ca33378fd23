// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Runs models on DJL and ONNX Runtime: sessions, execution providers, tokenizers and padding. */
@NullMarked
package io.streamrank.inference.onnx;

import org.jspecify.annotations.NullMarked;
