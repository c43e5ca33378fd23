// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.metrics.CharacterFilter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;
import org.apache.flink.runtime.testutils.InMemoryReporter;

/**
 * The names under which Flink's reporter for Prometheus exports metrics, as in its {@code AbstractPrometheusReporter}: of
 * what a job registered, and of what files speak of.
 */
public final class ExportedMetrics {
    /** What is before all metrics of ours. */
    public static final String PREFIX = "flink_taskmanager_job_task_operator_streamrank_";

    private static final CharacterFilter FILTER = name -> name.replaceAll("[^a-zA-Z0-9:_]", "_");
    private static final Pattern NAME = Pattern.compile("flink_\\w+");
    private static final Pattern OPERATOR = Pattern.compile("operator_name=\\\\?\"([^\"\\\\]+)");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private ExportedMetrics() {}

    /** All that were there at any time, Flink's own too. */
    public static Set<String> registered(InMemoryReporter reporter) {
        Set<String> names = new TreeSet<>();
        reporter.getMetricsByGroup()
                .forEach((group, metrics) -> metrics.keySet().forEach(name -> names.add(exported(group, name))));
        return names;
    }

    /** The values of the label {@code operator_name}. */
    public static Set<String> operators(InMemoryReporter reporter) {
        return reporter.getMetricsByGroup().keySet().stream()
                .map(group -> group.getAllVariables().getOrDefault("<operator_name>", ""))
                .map(FILTER::filterCharacters)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Ours, as the tables of docs/metrics.md have them; {@code cause.<cause>.deadLetters} is one with a label. Without those of the
     * step that only a job with a language model has.
     */
    public static Set<String> documented(Path page) throws IOException {
        Set<String> names = new TreeSet<>();
        String section = "";
        String operator = "";
        for (String line : Files.readAllLines(page)) {
            section = line.startsWith("## ") ? line.substring(3) : section;
            int column = section.equals("By operator") ? 2 : section.equals("The engine") ? 1 : 0;
            if (line.startsWith("|") && !line.startsWith("| |")) {
                operator = line.split("\\|", -1)[1].strip();
            }
            if (column > 0 && line.startsWith("|") && !operator.equals("`write-replies`")) {
                CODE.matcher(line.split("\\|", -1)[column])
                        .results()
                        .map(name -> name.group(1).replaceAll("<\\w+>\\.", ""))
                        .filter(name -> !name.endsWith("*"))
                        .forEach(name -> names.add(PREFIX + FILTER.filterCharacters(name)));
            }
        }
        return names;
    }

    /** Ours, as the section of docs/metrics.md on hosted models has them. */
    public static Set<String> documentedOfEndpoints(Path page) throws IOException {
        String section = Files.readString(page).split("\n## Endpoints\n", 2)[1].split("\n## ", 2)[0];
        return CODE.matcher(section)
                .results()
                .map(name -> name.group(1).replaceAll("<\\w+>\\.", ""))
                .filter(name -> name.contains("endpoint."))
                .map(name -> PREFIX + FILTER.filterCharacters(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The metrics that a file of rules or a dashboard asks for. */
    public static Set<String> askedFor(Path file) throws IOException {
        return found(NAME, 0, file);
    }

    /** The operators by whose name it chooses. */
    public static Set<String> operatorsAskedFor(Path file) throws IOException {
        return found(OPERATOR, 1, file);
    }

    private static Set<String> found(Pattern pattern, int group, Path file) throws IOException {
        return pattern.matcher(Files.readString(file))
                .results()
                .map((MatchResult match) -> match.group(group))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String exported(MetricGroup group, String name) {
        String scope = ((AbstractMetricGroup<?>) group).getLogicalScope(FILTER, '_');
        return "flink_" + scope + "_" + FILTER.filterCharacters(name);
    }
}
