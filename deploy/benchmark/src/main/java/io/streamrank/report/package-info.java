// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
/** Writes reports as HTML pages with charts and tables, and the intervals that both commands report. */
@NullMarked
package io.streamrank.report;

import org.jspecify.annotations.NullMarked;
