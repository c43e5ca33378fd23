// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Defines the topic contract as records; each is a Flink POJO and has no behaviour but its own invariants. */
@NullMarked
package io.streamrank.event;

import org.jspecify.annotations.NullMarked;
