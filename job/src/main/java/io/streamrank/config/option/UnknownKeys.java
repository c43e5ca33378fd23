// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config.option;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Finds keys that are no options, and suggests which option was probably meant.
 *
 * @param known keys of options
 * @param prefixes whose keys are all known, with their dots
 * @param removed keys of earlier versions, with what to do instead
 */
public record UnknownKeys(Collection<String> known, Collection<String> prefixes, Map<String, String> removed) {
    private static final int MOST_SUGGESTIONS = 8;

    /** Returns one sentence for each unknown key, without values. */
    public List<String> problems(Collection<String> keys) {
        return keys.stream().filter(this::isUnknown).map(this::problem).toList();
    }

    private boolean isUnknown(String key) {
        return !known.contains(key) && prefixes.stream().noneMatch(key::startsWith);
    }

    private String problem(String key) {
        String advice = removed.get(key);
        if (advice != null) {
            return key + " is no longer an option; " + advice;
        }
        List<String> inside = known.stream()
                .filter(other -> other.startsWith(key + "."))
                .sorted()
                .toList();
        if (!inside.isEmpty()) {
            return key + " is a section, not an option; its options are " + listed(inside);
        }
        List<String> meant = meant(key);
        return key + " is not an option; "
                + (meant.isEmpty() ? whereOthersGo(key) : "did you mean " + listed(meant) + "?");
    }

    /** Returns the keys at most two edits away, else those of other sections with the same last part. */
    private List<String> meant(String key) {
        int nearest = nearest(key);
        if (nearest <= 2) {
            return known.stream()
                    .filter(other -> distance(key, other) == nearest)
                    .sorted()
                    .toList();
        }
        return known.stream()
                .filter(other -> lastPart(other).equals(lastPart(key)))
                .sorted()
                .toList();
    }

    private int nearest(String key) {
        return known.stream().mapToInt(other -> distance(key, other)).min().orElse(Integer.MAX_VALUE);
    }

    private static String whereOthersGo(String key) {
        return key.startsWith("kafka.")
                ? "settings of Kafka's clients go under kafka.properties., kafka.consumer. or kafka.producer."
                : "settings of Flink go under flink., those of Kafka's clients under kafka.properties.";
    }

    private static String listed(List<String> keys) {
        return Stream.concat(
                        keys.stream().limit(MOST_SUGGESTIONS),
                        keys.size() > MOST_SUGGESTIONS ? Stream.of("…") : Stream.of())
                .collect(Collectors.joining(", "));
    }

    private static String lastPart(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** Counts the edits between two keys; case and underscores make no difference. */
    public static int distance(String one, String other) {
        return LevenshteinDistance.getDefaultInstance().apply(canonical(one), canonical(other));
    }

    private static String canonical(String key) {
        return key.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
