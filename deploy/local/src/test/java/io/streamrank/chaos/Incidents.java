// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was done to the job, how often, what came out, and how long it took until a query was answered again. */
final class Incidents {
    private final Map<String, List<Entry>> entries = new LinkedHashMap<>();

    private record Entry(int from, int to, Duration recovery) {}

    /** Something that is done to the job; it returns when it is over, not when the job has recovered. */
    interface Incident {
        void happen() throws Exception;
    }

    void happen(String name, Load load, Incident incident) throws Exception {
        int from = load.asked();
        incident.happen();
        Duration recovery = load.timeToAnswer();
        entries.computeIfAbsent(name, unused -> new ArrayList<>()).add(new Entry(from, load.asked(), recovery));
        System.out.println("[chaos] " + name + ": a query was answered " + seconds(recovery) + " s later");
    }

    /** A line an incident; queries are those asked from its beginning to recovery. */
    String table(Load load, Map<String, JsonNode> undisturbed) {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%-44s %5s %8s %8s %8s %9s %6s %10s %8s%n",
                "what was done",
                "times",
                "queries",
                "missing",
                "doubled",
                "degraded",
                "wrong",
                "median s",
                "worst s"));
        entries.forEach((name, all) -> table.append(line(name, all, load, undisturbed)));
        return table.toString();
    }

    private static String line(String name, List<Entry> all, Load load, Map<String, JsonNode> undisturbed) {
        int[] sums = new int[5];
        for (Entry entry : all) {
            Verdict verdict = Verdict.of(load, entry.from(), entry.to(), undisturbed);
            sums[0] += verdict.asked();
            sums[1] += verdict.missing();
            sums[2] += verdict.doubled();
            sums[3] += verdict.degraded();
            sums[4] += verdict.wrong();
        }
        List<Duration> recoveries = all.stream().map(Entry::recovery).sorted().toList();
        return String.format(
                Locale.ROOT,
                "%-44s %5d %8d %8d %8d %9d %6d %10s %8s%n",
                name,
                all.size(),
                sums[0],
                sums[1],
                sums[2],
                sums[3],
                sums[4],
                seconds(recoveries.get(recoveries.size() / 2)),
                seconds(recoveries.get(recoveries.size() - 1)));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
    }
}
