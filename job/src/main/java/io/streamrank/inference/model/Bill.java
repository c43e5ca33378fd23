// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.model;

/**
 * Says what a provider charges for pairs.
 *
 * @param searchUnits of those who charge by searches
 * @param tokens of those who charge by tokens
 * @param savedPairs pairs whose scores were known, or that another query has asked for, and so cost nothing
 */
public record Bill(double searchUnits, long tokens, int savedPairs) {
    public static final Bill NONE = new Bill(0, 0, 0);
    /** The bill of one pair whose score was known. */
    public static final Bill SAVED = new Bill(0, 0, 1);

    public Bill plus(Bill other) {
        return new Bill(searchUnits + other.searchUnits, tokens + other.tokens, savedPairs + other.savedPairs);
    }
}
