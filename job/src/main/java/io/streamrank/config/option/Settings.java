// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config.option;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The texts that a user wrote, read option by option. A wrong one is noted and its default stands in, so that one pass
 * finds every problem. Messages quote what was written, never what a reference in it stands for.
 */
public final class Settings {
    private final TreeMap<String, String> written;
    private final EnvironmentSubstitution references;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> wrong = new HashSet<>();

    public Settings(Map<String, String> written, Map<String, String> environment) {
        this.written = new TreeMap<>(written);
        this.references = new EnvironmentSubstitution(environment);
    }

    /** What was written, else the default. */
    public <T> T get(Option<T> option) {
        T value = find(option);
        return value == null ? option.definition().defaultValue() : value;
    }

    /** What was written, else the default, else null. */
    public <T> @Nullable T find(Option<T> option) {
        String text = written.get(option.key());
        T value = text == null || !sound(option) ? null : parse(option, text);
        return value == null ? option.definition().defaultValue() : value;
    }

    private <T> @Nullable T parse(Option<T> option, String text) {
        String resolved = resolve(option.key(), text);
        T value = resolved == null ? null : option.parse(resolved);
        if (value == null) {
            wrong.add(option.key());
        }
        if (value == null && resolved != null) {
            problem(option.key() + " must be " + option.values() + ": \"" + text + "\"");
        }
        return value;
    }

    /** What was written; where nothing was, that is a problem, and the example stands in. */
    public <T> T require(Option<T> option, T example) {
        T value = find(option);
        if (value != null) {
            return value;
        }
        if (wrong.add(option.key())) {
            problem(option.key() + " is required: " + option.values() + ", such as " + example);
        }
        return example;
    }

    /** The text with references to the environment replaced; null, and a problem noted, where one leads nowhere. */
    @Nullable
    public String resolve(String key, String text) {
        try {
            return references.resolve(text);
        } catch (IllegalArgumentException leadsNowhere) {
            problem(key + " " + leadsNowhere.getMessage());
            return null;
        }
    }

    /** Notes a problem unless the rule holds or one of the options that it compares is wrong by itself. */
    public void rule(boolean holds, String problem, Option<?>... compared) {
        if (!holds && sound(compared)) {
            problem(problem);
        }
    }

    /** Whether none of the options has been found wrong so far. */
    public boolean sound(Option<?>... options) {
        for (Option<?> option : options) {
            if (wrong.contains(option.key())) {
                return false;
            }
        }
        return true;
    }

    public void problem(String sentence) {
        problems.add(sentence);
    }

    public Set<String> keys() {
        return new TreeSet<>(written.keySet());
    }

    /** The settings below a prefix as they were written, without the prefix. */
    public Map<String, String> below(String prefix) {
        Map<String, String> found = new TreeMap<>();
        written.tailMap(prefix, true).forEach((key, text) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), text);
            }
        });
        return found;
    }

    /**
     * Ends the reading of settings.
     *
     * @throws ConfigException if there was any problem; it names all of them
     */
    public void refuseIfWrong() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }
}
