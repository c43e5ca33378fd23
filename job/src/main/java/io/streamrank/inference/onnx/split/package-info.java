// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Runs cross-encoders whose lower layers read query and document apart, and keeps what they computed of documents. */
@NullMarked
package io.streamrank.inference.onnx.split;

import org.jspecify.annotations.NullMarked;
