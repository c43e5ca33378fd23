// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Holds every type that a savepoint names. These types are never renamed or moved, as Flink finds them by class name. */
@NullMarked
package io.streamrank.state;

import org.jspecify.annotations.NullMarked;
