// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

import io.streamrank.inference.batching.TimeWindow;

/**
 * How long things took lately, in microseconds and in no order; at most the last {@value TimeWindow#SIZE} of each. The
 * arrays are owned by the caller.
 *
 * @param queueMicros from when a text or pair was submitted to when its run started
 * @param runMicros a run of the model
 */
public record RecentTimes(long[] queueMicros, long[] runMicros) {}
