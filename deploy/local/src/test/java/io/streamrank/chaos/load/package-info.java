// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Asks a job and changes its documents while things are done to it, and judges what came back. */
@NullMarked
package io.streamrank.chaos.load;

import org.jspecify.annotations.NullMarked;
