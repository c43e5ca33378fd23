// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import io.streamrank.report.LineChart;

/**
 * Holds what the page of a single plot shows.
 *
 * @param title of the page
 * @param summary of what was measured, a sentence without its full stop
 */
record ChartPage(String title, String summary, LineChart chart) {}
