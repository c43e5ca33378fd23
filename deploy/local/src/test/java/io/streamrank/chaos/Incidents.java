// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamrank.chaos.load.DocumentChanges;
import io.streamrank.chaos.load.QueryLoad;
import io.streamrank.chaos.load.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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

    /** Reports, and holds that every query and every list of changing documents was answered once and rightly. */
    void endWell(QueryLoad load, DocumentChanges churn, Map<String, JsonNode> undisturbed) throws IOException {
        ChaosReport.add(Stream.concat(lines(load, undisturbed).stream(), churn.lines().stream())
                .toList());
        assertThat(load.problems()).isEmpty();
        assertThat(churn.problems()).isEmpty();
        assertThat(Verdict.of(load, 0, load.asked(), undisturbed))
                .as("all answers; degraded were %s", Verdict.degraded(load))
                .isEqualTo(new Verdict(load.asked(), 0, 0, 0, 0));
        assertThat(churn.verdicts()).allSatisfy(verdict -> {
            assertThat(verdict.asked()).isPositive();
            assertThat(verdict).isEqualTo(new Verdict(verdict.asked(), 0, 0, 0, 0));
        });
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
