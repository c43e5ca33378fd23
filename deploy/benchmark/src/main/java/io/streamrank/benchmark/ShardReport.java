// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.benchmark;

import io.streamrank.benchmark.search.ShardSweep;
import io.streamrank.local.console.Console;
import io.streamrank.report.LineChart;
import io.streamrank.report.ReportDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Measures searches in one shard and in several, and shows the plot.
 *
 * @param documents of the largest corpus
 * @param report the directory of the page; null for none
 */
record ShardReport(Console console, int documents, @Nullable Path report) {
    void run() throws IOException {
        ReportDirectory directory = report == null ? null : ReportDirectory.create(report);
        LineChart chart = new ShardSweep(console, documents).run();
        BenchmarkTables.print(chart, console);
        if (directory != null) {
            ChartPage page = new ChartPage(
                    "Shards",
                    "Exact search for the nearest vectors, each shard on as many cores as this machine has: "
                            + Runtime.getRuntime().availableProcessors(),
                    chart);
            directory.writePage("shards.html", "benchmark/chart", page);
            console.say("report: " + directory.path().resolve("shards.html"));
        }
    }
}
