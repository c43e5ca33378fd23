// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.stats;

/**
 * Reports how long things took lately, in microseconds and in no order; at most the last 1,024 of each. The arrays are owned
 * by the caller.
 *
 * @param queueMicros from when a text or pair was submitted to when its run started
 * @param runMicros a run of the model
 */
public record RecentTimes(long[] queueMicros, long[] runMicros) {}
