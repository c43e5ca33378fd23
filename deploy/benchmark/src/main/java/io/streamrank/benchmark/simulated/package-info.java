// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** A stand-in for an accelerator, so that what the host does can be measured on a machine that has none. */
@NullMarked
package io.streamrank.benchmark.simulated;

import org.jspecify.annotations.NullMarked;
