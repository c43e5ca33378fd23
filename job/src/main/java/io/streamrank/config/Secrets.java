// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells secrets from other settings by their names, as nothing else about them can be known. */
final class Secrets {
    private static final List<String> SMELLS = List.of(
            "password",
            "passphrase",
            "secret",
            "jaas",
            "token",
            "credential",
            "apikey",
            "api-key",
            "api.key",
            "account.key",
            "basic.auth");
    private static final List<String> HARMLESS =
            List.of(".url", ".location", ".file", ".class", ".name", ".id", ".enabled");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^}:]+:[^}]+}");
    private static final Pattern ASSIGNED = Pattern.compile(
            "(password|passphrase|secret|token|key)\\w*\\s*=\\s*[\"']?[^\"'\\s;]", Pattern.CASE_INSENSITIVE);

    private Secrets() {}

    static boolean namedBy(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        return HARMLESS.stream().noneMatch(name::endsWith)
                && (name.endsWith(".key") || SMELLS.stream().anyMatch(name::contains));
    }

    /** Whether a value of such a setting holds the secret itself rather than a reference that Kafka resolves. */
    static boolean literalIn(String value) {
        String rest = REFERENCE.matcher(value).replaceAll("");
        return !value.isEmpty() && (rest.equals(value) || ASSIGNED.matcher(rest).find());
    }
}
