// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Defines the topic contract as records; each is a Flink POJO and has no behaviour but its own invariants. A savepoint names
 * them, so they are never renamed or moved.
 */
@NullMarked
package io.streamrank.event;

import org.jspecify.annotations.NullMarked;
