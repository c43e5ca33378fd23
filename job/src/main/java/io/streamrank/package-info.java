// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** The job: its dataflow in one screen. */
@NullMarked
package io.streamrank;

import org.jspecify.annotations.NullMarked;
