// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Reads ONNX files, takes a BERT's weights out of them, and writes them as graphs for a GPU. No ONNX Runtime. */
@NullMarked
package io.streamrank.inference.graph;

import org.jspecify.annotations.NullMarked;
