// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Plots for pages that need nothing else. */
@NullMarked
package io.streamrank.local.report;

import org.jspecify.annotations.NullMarked;
