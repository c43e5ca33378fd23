// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.chaos.load.QueryLoad;
import io.streamrank.chaos.load.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one case does to the job. */
final class Incidents {
    private final Map<String, List<Entry>> entries = new LinkedHashMap<>();
    private final Map<String, String> remarks = new HashMap<>();

    private record Entry(int from, int to, Duration recovery) {}

    /** Something that is done to the job; it returns when it is over, not when the job has recovered. */
    interface Incident {
        void happen() throws Exception;
    }

    void happen(String name, QueryLoad load, Incident incident) throws Exception {
        int from = load.asked();
        incident.happen();
        Duration recovery = load.timeToAnswer();
        entries.computeIfAbsent(name, unused -> new ArrayList<>()).add(new Entry(from, load.asked(), recovery));
        System.out.println("[chaos] " + name + ": a query was answered " + ChaosReport.seconds(recovery) + " s later");
    }

    void remark(String name, String remark) {
        remarks.put(name, remark);
    }

    /** A line an incident, for the report. */
    List<ChaosReport.Line> lines(QueryLoad load, Map<String, JsonNode> undisturbed) {
        List<ChaosReport.Line> lines = new ArrayList<>();
        entries.forEach((name, all) -> {
            Verdict verdict = all.stream()
                    .map(entry -> Verdict.of(load, entry.from(), entry.to(), undisturbed))
                    .reduce(Verdict.NONE, Verdict::plus);
            List<Duration> recoveries = all.stream().map(Entry::recovery).toList();
            lines.add(new ChaosReport.Line(name, verdict, recoveries, remarks.getOrDefault(name, "")));
        });
        return lines;
    }
}
