// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config.option;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces references to environment variables in values when the configuration is loaded: {@code ${NAME}}, {@code
 * ${env:NAME}}, and {@code ${NAME:-instead}} for where the variable is not set or, as in a shell, empty.
 *
 * @param environment variables by name
 */
public record EnvironmentSubstitution(Map<String, String> environment) {
    private static final Pattern REFERENCE =
            Pattern.compile("\\$\\{(?:env:)?(?<name>[A-Za-z_][A-Za-z0-9_]*)(?<instead>:-[^}]*)?}");
    private static final Pattern ANY = Pattern.compile("\\$\\{[^}]*}?");

    /**
     * Replaces each reference by the variable's value.
     *
     * @throws IllegalArgumentException for a variable that is not set, or for a reference of another kind; the message
     *     holds no values
     */
    public String resolve(String text) {
        Matcher reference = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        int from = 0;
        while (reference.find()) {
            resolved.append(literal(text.substring(from, reference.start())));
            resolved.append(value(reference.group("name"), reference.group("instead")));
            from = reference.end();
        }
        return resolved.append(literal(text.substring(from))).toString();
    }

    /** Returns the references to variables that are set to nothing, as they are written; none of those that say what then. */
    List<String> empty(String text) {
        Matcher reference = REFERENCE.matcher(text);
        List<String> empty = new ArrayList<>();
        while (reference.find()) {
            if (reference.group("instead") == null && "".equals(environment.get(reference.group("name")))) {
                empty.add(reference.group());
            }
        }
        return empty;
    }

    /** Tells whether the text refers to a variable in a form that Kafka's clients do not resolve. */
    public static boolean shorthandIn(String text) {
        Matcher reference = REFERENCE.matcher(text);
        while (reference.find()) {
            if (!reference.group().startsWith("${env:") || reference.group("instead") != null) {
                return true;
            }
        }
        return false;
    }

    private String value(String name, @Nullable String instead) {
        String value = environment.get(name);
        if (value != null && (instead == null || !value.isEmpty())) {
            return value;
        }
        if (instead == null) {
            throw new IllegalArgumentException("refers to ${" + name + "}, which is not set in the environment");
        }
        return instead.substring(":-".length());
    }

    private static String literal(String text) {
        Matcher other = ANY.matcher(text);
        if (other.find()) {
            throw new IllegalArgumentException("has " + other.group()
                    + ", which is resolved only under kafka.properties., kafka.consumer. and kafka.producer.;"
                    + " write ${NAME} for an environment variable");
        }
        return text;
    }
}
