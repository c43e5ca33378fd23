// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import io.streamrank.chaos.load.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The suite's report: what was done to the job, how often, what came out, and how long it took until a query was
 * answered again. Each case adds its lines and prints all there are, so the last table is the whole one.
 */
public final class ChaosReport {
    private static final Path FILE = Path.of("target", "chaos", "report.txt");
    private static final List<Line> LINES = new ArrayList<>();

    private ChaosReport() {}

    /**
     * One thing that was done.
     *
     * @param verdict on the queries that were asked from its beginning to recovery
     * @param recoveries one each time; none where nothing was interrupted
     * @param remark empty where there is nothing to add
     */
    public record Line(String what, Verdict verdict, List<Duration> recoveries, String remark) {
        @Override
        public String toString() {
            List<Duration> sorted = recoveries.stream().sorted().toList();
            return row(
                    what,
                    sorted.isEmpty() ? "-" : sorted.size(),
                    verdict.asked(),
                    verdict.missing(),
                    verdict.doubled(),
                    verdict.degraded(),
                    verdict.wrong(),
                    sorted.isEmpty() ? "-" : seconds(sorted.get(sorted.size() / 2)),
                    sorted.isEmpty() ? "-" : seconds(sorted.get(sorted.size() - 1)),
                    remark);
        }
    }

    static synchronized void add(List<Line> lines) throws IOException {
        LINES.addAll(lines);
        String head = row(
                "what was done",
                "times",
                "queries",
                "missing",
                "doubled",
                "degraded",
                "wrong",
                "median s",
                "worst s",
                "remark");
        String table = LINES.stream().map(Line::toString).collect(Collectors.joining("\n", head + "\n", "\n"));
        System.out.println(table);
        Files.writeString(FILE, table);
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "%-54s %5s %8s %8s %8s %9s %6s %9s %8s  %s", cells)
                .stripTrailing();
    }
}
