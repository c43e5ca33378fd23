// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.event;

import org.jspecify.annotations.Nullable;

/**
 * Says which document a reply's {@code [n]} means.
 *
 * @param n from 1
 * @param id null for a document of the query's own that has none
 */
public record Citation(int n, @Nullable String id) {}
