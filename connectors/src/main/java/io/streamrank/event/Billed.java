// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

/**
 * Says what the provider of a hosted reranker charges for an answer.
 *
 * @param searchUnits of providers that charge by searches
 * @param tokens of providers that charge by tokens
 * @param savedPairs pairs whose scores were known, so that they cost nothing
 */
public record Billed(double searchUnits, long tokens, int savedPairs) {}
