// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.local.store;

import io.streamrank.local.console.FailedException;
import io.streamrank.local.console.InputException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds where a store is, and names it in messages, logs and the file of a position without the secrets.
 *
 * @param text as the user wrote it, with its secrets
 * @param password that the store is given; null for none
 */
record StoreAddress(String text, @Nullable String password) {
    /** Up to the last @, as a password may hold one, or a slash. */
    private static final Pattern USER = Pattern.compile("//.*@", Pattern.DOTALL);

    private static final Pattern USER_IN_TEXT = Pattern.compile("//\\S*@");
    private static final Pattern ORACLE_USER = Pattern.compile("(:(?:thin|oci):).*@", Pattern.DOTALL);
    private static final Pattern PARAMETERS = Pattern.compile("[?;].*$", Pattern.DOTALL);

    /** As drivers write parameters that are secrets, in addresses of any form and in their messages. */
    private static final Pattern SECRET = Pattern.compile(
            "(\\w*(?:password|passwd|pwd|secret|token))\\s*=\\s*('[^']*'|\"[^\"]*\"|[^&;\\s)]+)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern REASON = Pattern.compile(": .*$", Pattern.DOTALL);

    /** Returns the address without user, password and parameters. */
    String name() {
        return withoutSecrets(text);
    }

    /**
     * Tells a store that is away from one that refuses what it is asked, and from an address that is wrong.
     *
     * @param what happened, to follow the name and to end in a colon
     * @param away whether the store cannot be reached or is not ready, so that trying again may help
     */
    RuntimeException failure(String what, Exception failure, boolean away) {
        String unknown = unknownHost(failure);
        String reason = unknown == null ? redacted(String.valueOf(failure.getMessage()), text, password) : unknown;
        String message = name() + what + reason;
        Exception cause = new IOException(reason);
        cause.setStackTrace(failure.getStackTrace());
        return away && unknown == null ? new FailedException(message, cause) : new InputException(message, cause);
    }

    /** Names the store: the text has secrets. */
    @Override
    public String toString() {
        return name();
    }

    /** Returns the address without user, password and parameters. */
    static String withoutSecrets(String address) {
        // A parameter of a database may hold an @, as users in Azure do. Redis has no parameters, and its password any
        // character.
        boolean database = address.toLowerCase(Locale.ROOT).startsWith("jdbc:");
        String main = database ? PARAMETERS.matcher(address).replaceFirst("") : address;
        String anonymous =
                ORACLE_USER.matcher(USER.matcher(main).replaceFirst("//")).replaceFirst("$1@");
        return SECRET.matcher(PARAMETERS.matcher(anonymous).replaceFirst("")).replaceAll("$1=***");
    }

    /**
     * Returns what a driver says, on one line and without the secrets that it repeats.
     *
     * @param address that the driver was given
     * @param password that it was given besides; null for none
     */
    static String redacted(String message, String address, @Nullable String password) {
        String text = message.replace(address, withoutSecrets(address));
        if (password != null && !password.isEmpty()) {
            text = text.replace(password, "***");
        }
        String line = text.strip().replaceAll("\\s+", " ");
        return SECRET.matcher(USER_IN_TEXT.matcher(line).replaceAll("//")).replaceAll("$1=***");
    }

    /** Returns a clause that says that the host is unknown, as Java's message is its name alone; null for another failure. */
    static @Nullable String unknownHost(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                String host = REASON.matcher(String.valueOf(cause.getMessage())).replaceFirst("");
                return "the host " + host + " is unknown, check its name";
            }
        }
        return null;
    }
}
