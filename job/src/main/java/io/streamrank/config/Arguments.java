// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import io.streamrank.config.option.ConfigException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses the arguments of the job's main class.
 *
 * @param file of settings, null for none
 * @param set settings that win over the file's
 */
record Arguments(@Nullable Path file, Map<String, String> set) {
    static final String USAGE = "the job takes [--config FILE] [--set KEY=VALUE]...";

    static Arguments parse(String... args) {
        Path file = null;
        Map<String, String> set = new LinkedHashMap<>();
        Iterator<String> rest = List.of(args).iterator();
        while (rest.hasNext()) {
            String argument = rest.next();
            String name = before('=', argument);
            String value = argument.equals(name) ? null : argument.substring(name.length() + 1);
            switch (name) {
                case "--config" -> {
                    if (file != null) {
                        throw ConfigException.of("--config is given twice; " + USAGE);
                    }
                    file = Path.of(value == null ? next("--config", "a file", rest) : value);
                }
                case "--set" -> put(set, value == null ? next("--set", "KEY=VALUE", rest) : value);
                default -> throw ConfigException.of("\"" + name + "\" is not an argument; " + USAGE);
            }
        }
        return new Arguments(file, set);
    }

    private static String next(String name, String what, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw ConfigException.of(name + " needs " + what + " after it; " + USAGE);
        }
        return rest.next();
    }

    private static void put(Map<String, String> set, String assignment) {
        String key = before('=', assignment);
        if (key.equals(assignment) || key.isBlank()) {
            throw ConfigException.of("--set needs KEY=VALUE, such as --set query.top-n=5: \"" + key + "\"");
        }
        set.put(key.strip(), assignment.substring(key.length() + 1));
    }

    /** Returns the text before the sign. What follows it may be a secret and stays out of messages. */
    private static String before(char sign, String text) {
        int at = text.indexOf(sign);
        return at < 0 ? text : text.substring(0, at);
    }
}
