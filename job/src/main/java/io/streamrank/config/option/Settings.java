// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config.option;

import io.streamrank.message.Excerpt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the texts that a user wrote, option by option. A wrong value is noted and replaced by its default, so that one pass
 * finds every problem. Messages quote what was written, never the value of a variable in it.
 */
public final class Settings {
    private final TreeMap<String, String> written;
    private final EnvironmentSubstitution environment;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> wrong = new HashSet<>();

    public Settings(Map<String, String> written, Map<String, String> environment) {
        this.written = new TreeMap<>(written);
        this.environment = new EnvironmentSubstitution(environment);
    }

    /** Returns what was written, else the default. */
    public <T> T get(Option<T> option) {
        T value = find(option);
        return value == null ? option.definition().defaultValue() : value;
    }

    /** Returns what was written, else the default, else null. */
    public <T> @Nullable T find(Option<T> option) {
        String text = written.get(option.key());
        T value = text == null || !isValid(option) ? null : parse(option, text);
        return value == null ? option.definition().defaultValue() : value;
    }

    private <T> @Nullable T parse(Option<T> option, String text) {
        String resolved = resolve(option.key(), text);
        T value = resolved == null ? null : option.parse(resolved);
        if (value == null) {
            wrong.add(option.key());
        }
        if (value == null && resolved != null) {
            problem(option.key() + " must be " + option.values() + ": " + quoted(text));
        }
        return value;
    }

    /** Returns what was written as it stands there, with its references; null where nothing was. */
    public @Nullable String written(Option<?> option) {
        return written.get(option.key());
    }

    /** Returns what was written. Where nothing was, notes a problem and returns the example. */
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

    /** Replaces references to the environment. Where a variable is not set, notes a problem and returns null. */
    @Nullable
    public String resolve(String key, String text) {
        try {
            return environment.resolve(text);
        } catch (IllegalArgumentException notSet) {
            problem(key + " " + notSet.getMessage());
            return null;
        }
    }

    /** Returns what was written as messages quote it: with its references, and with a word on variables that are empty. */
    public String quoted(@Nullable String text) {
        List<String> empty = text == null ? List.of() : environment.empty(text);
        String where = empty.isEmpty() ? "" : ", where " + String.join(" and ", empty);
        String state = empty.isEmpty() ? "" : (empty.size() == 1 ? " is" : " are") + " empty in the environment";
        return '"' + Excerpt.withoutUserInfo(String.valueOf(text)) + '"' + where + state;
    }

    /** Returns the value as messages name it: as it was written, without the password of an address; else the default. */
    public String named(Option<String> option) {
        String text = written(option);
        return text == null ? get(option) : Excerpt.withoutUserInfo(text);
    }

    /** Notes a problem unless the rule holds or one of the options that it compares is wrong by itself. */
    public void rule(boolean holds, String problem, Option<?>... compared) {
        if (!holds && isValid(compared)) {
            problem(problem);
        }
    }

    /**
     * Notes a problem for each of the options that was written, though none of them does anything.
     *
     * @param why to follow the words "has no effect", with what to do
     * @param decides the option for whose value they have none; it notes nothing if that is wrong by itself
     */
    public void noEffect(List<Option<?>> options, String why, Option<?> decides) {
        for (Option<?> option : options) {
            rule(written(option) == null, option.key() + " has no effect " + why, decides);
        }
    }

    /** Tells whether none of the options has been found wrong so far. */
    public boolean isValid(Option<?>... options) {
        for (Option<?> option : options) {
            if (wrong.contains(option.key())) {
                return false;
            }
        }
        return true;
    }

    /** Notes a problem. */
    public void problem(String sentence) {
        problems.add(sentence);
    }

    /** Returns the keys of all settings that were written. */
    public Set<String> keys() {
        return new TreeSet<>(written.keySet());
    }

    /** Returns the settings below a prefix as they were written, without the prefix. */
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
     * Refuses the settings if any problem was noted.
     *
     * @throws ConfigException with all problems
     */
    public void throwIfWrong() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }
}
