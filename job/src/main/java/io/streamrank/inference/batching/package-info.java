// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Queues the work of one model and runs it in batches. */
@NullMarked
package io.streamrank.inference.batching;

import org.jspecify.annotations.NullMarked;
