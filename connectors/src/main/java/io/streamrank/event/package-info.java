// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** The topic contract as records; each is a Flink POJO and carries no behaviour beyond its own invariants. */
@NullMarked
package io.streamrank.event;

import org.jspecify.annotations.NullMarked;
