// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import io.streamrank.inference.model.ModelException;
import java.io.IOException;
import java.io.Reader;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names where a secret is found: {@code ${env:NAME}} or {@code ${file:/path:key}}, as Kafka's clients write it. The secret
 * itself is read where it is used, each time that it is needed, and kept in no field that travels.
 */
public record SecretReference(String text) implements Serializable {
    private static final Pattern ENVIRONMENT = Pattern.compile("\\$\\{env:([A-Za-z_][A-Za-z0-9_]*)}");
    private static final Pattern FILE = Pattern.compile("\\$\\{file:([^}]+):([^}:]+)}");

    public SecretReference {
        if (!isOne(text)) {
            throw new IllegalArgumentException("a secret is named as ${env:NAME} or ${file:/path:key}");
        }
    }

    /** Returns whether the text is a reference and nothing else. */
    public static boolean isOne(String text) {
        return ENVIRONMENT.matcher(text).matches() || FILE.matcher(text).matches();
    }

    /** Reads the secret as it is now; the message of a failure has the reference alone. */
    String read() throws ModelException {
        Matcher file = FILE.matcher(text);
        String secret = file.matches() ? property(file.group(1), file.group(2)) : variable();
        String stripped = secret == null ? "" : secret.strip();
        if (stripped.isEmpty()) {
            throw new ModelException(text + " holds no API key; set it on every machine of the cluster.");
        }
        // A key is sent as a header; anything else in it would end that header.
        if (stripped.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new ModelException(text + " holds characters that no API key has; check it.");
        }
        return stripped;
    }

    /** Returns whether the secret begins like that, as a provider may have another address for some keys. */
    public boolean startsWith(String prefix) throws ModelException {
        return read().startsWith(prefix);
    }

    private String variable() {
        Matcher name = ENVIRONMENT.matcher(text);
        String value = name.matches() ? System.getenv(name.group(1)) : null;
        return value == null ? "" : value;
    }

    private String property(String path, String key) throws ModelException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(path))) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            // Without the cause: a parser's message could quote the file.
            throw new ModelException(text + " cannot be read (" + e.getClass().getSimpleName()
                    + "); put the file on every machine of the cluster.");
        }
        return properties.getProperty(key, "");
    }

    /** Returns the text with the secret blacked out, and whatever follows the word Bearer. */
    static String redact(String text, String secret) {
        String without = secret.isEmpty() ? text : text.replace(secret, "***");
        return without.replaceAll("(?i)bearer\\s+\\S+", "Bearer ***");
    }

    @Override
    public String toString() {
        return text;
    }
}
