// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells from the names of settings which of them are secrets, so that none gets into the job graph. */
final class Secrets {
    private static final String JAAS = "jaas";
    private static final List<String> SECRET_NAMES = List.of(
            "password",
            "passphrase",
            "secret",
            JAAS,
            "token",
            "credential",
            "apikey",
            "api-key",
            "api.key",
            "account.key",
            ".sas.",
            "basic.auth");
    private static final List<String> OTHER_ENDINGS =
            List.of(".url", ".location", ".file", ".class", ".name", ".id", ".enabled");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^}:]+:[^}]+}");

    /** Stands for a reference: no secret, and no space that would let a name take the next one for its value. */
    private static final String RESOLVED = "\0";

    private static final Pattern ASSIGNED = Pattern.compile(
            "(password|passphrase|passwd|pwd|secret|token|key|credential|assertion|user_)\\w*\\s*=\\s*"
                    + "(\"\\x00*[^\"\\x00]|'\\x00*[^'\\x00]|\\x00*[^\"'\\s;\\x00])",
            Pattern.CASE_INSENSITIVE);

    /** As in {@link #ASSIGNED}, without names that are secrets in a login alone. */
    private static final Pattern ASSIGNED_SECRET = Pattern.compile(
            "((password|passphrase|passwd|pwd|secret|token|credential)\\w*|\\bsig)\\s*[=:]\\s*\\S",
            Pattern.CASE_INSENSITIVE);

    /** A password before the host, which is no reference. */
    private static final Pattern IN_ADDRESS = Pattern.compile("//[^/@\\s]*:[^/@\\s]*[^/@\\s\\x00][^/@\\s]*@");

    /** Options of login modules that only sound secret: where Kerberos' keys are, and what to do with them. */
    private static final Pattern NOT_SECRET = Pattern.compile(
            "\\b(useKeyTab|storeKey|keyTab|tokenauth)\\s*=\\s*(\"[^\"]*\"|'[^']*'|[^\\s;\"']+)",
            Pattern.CASE_INSENSITIVE);

    private Secrets() {}

    /** Tells whether a setting of this name is a secret. */
    static boolean namedBy(String key) {
        String name = key.toLowerCase(Locale.ROOT);
        return OTHER_ENDINGS.stream().noneMatch(name::endsWith)
                && (name.endsWith(".key") || SECRET_NAMES.stream().anyMatch(name::contains));
    }

    /**
     * Tells whether a secret's value is the secret itself rather than a reference that Kafka resolves. A JAAS configuration names a
     * login module first, and some modules need no secret: those of Kerberos, of AWS, and of OAuth with a callback.
     *
     * @param key of the setting, which {@link #namedBy} says is a secret
     */
    static boolean literalIn(String key, String value) {
        if (key.toLowerCase(Locale.ROOT).contains(JAAS)) {
            return assigned(NOT_SECRET.matcher(value).replaceAll(""));
        }
        return !value.isEmpty() && (!REFERENCE.matcher(value).find() || assigned(value));
    }

    /** Tells whether a value that is no secret by its name holds an address with a password, which is no reference. */
    static boolean inAddress(String value) {
        return IN_ADDRESS.matcher(REFERENCE.matcher(value).replaceAll(RESOLVED)).find();
    }

    /** Tells whether a value that is no secret by its name gives a value to something that is one. */
    static boolean assignedIn(String value) {
        return ASSIGNED_SECRET.matcher(value).find();
    }

    private static boolean assigned(String text) {
        return ASSIGNED.matcher(REFERENCE.matcher(text).replaceAll(RESOLVED)).find();
    }
}
