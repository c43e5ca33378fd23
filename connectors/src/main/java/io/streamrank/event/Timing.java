// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * Tells how long each stage took for an answer, in milliseconds.
 *
 * @param queueMs from the record's timestamp until the job read it
 * @param totalMs from the record's timestamp until the answer was ready
 */
public record Timing(long queueMs, long embedMs, long retrieveMs, long rerankMs, long totalMs) {}
