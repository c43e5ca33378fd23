// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.operator;

/** Names a document among all collections. */
public record DocumentKey(String collection, String id) {}
