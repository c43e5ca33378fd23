// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Holds the types that a savepoint names, next to those of {@code event}. They are never renamed or moved, as Flink finds
 * them by class name.
 */
@NullMarked
package io.streamrank.state;

import org.jspecify.annotations.NullMarked;
