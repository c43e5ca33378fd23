// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells from the names of settings which of them are secrets, so that none gets into the job graph. */
final class Secrets {
    private static final List<String> SECRET_NAMES = List.of(
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
    private static final List<String> OTHER_ENDINGS =
            List.of(".url", ".location", ".file", ".class", ".name", ".id", ".enabled");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^}:]+:[^}]+}");
    private static final Pattern ASSIGNED = Pattern.compile(
            "(password|passphrase|secret|token|key)\\w*\\s*=\\s*[\"']?[^\"'\\s;]", Pattern.CASE_INSENSITIVE);

    private Secrets() {}

    /** Tells whether a setting of this name is a secret. */
    static boolean namedBy(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        return OTHER_ENDINGS.stream().noneMatch(name::endsWith)
                && (name.endsWith(".key") || SECRET_NAMES.stream().anyMatch(name::contains));
    }

    /** Tells whether a secret's value is the secret itself rather than a reference that Kafka resolves. */
    static boolean literalIn(String value) {
        String rest = REFERENCE.matcher(value).replaceAll("");
        return !value.isEmpty() && (rest.equals(value) || ASSIGNED.matcher(rest).find());
    }
}
