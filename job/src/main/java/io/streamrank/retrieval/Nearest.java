// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.retrieval;

import java.util.List;

/**
 * Holds what a search found.
 *
 * @param neighbors nearest first
 * @param copies ids of documents that are missing among them, as a nearer one is the same; in no order
 */
public record Nearest<D>(List<Neighbor<D>> neighbors, List<String> copies) {}
