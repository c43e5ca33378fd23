// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * Where an answer's time went, in milliseconds.
 *
 * @param queueMs from the record's timestamp until the job read it
 * @param totalMs from the record's timestamp until the answer was ready
 */
public record Timing(long queueMs, long embedMs, long retrieveMs, long rerankMs, long totalMs) {}
