// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.message;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Says why one of Kafka's clients could not be made or could not do what it should, in a clause without passwords. */
public final class ClientErrors {
    /** What Kafka takes for a name in the settings of a login, which may be part of a password. */
    private static final Pattern LOGIN_NAME = Pattern.compile("'.*' in JAAS config$", Pattern.DOTALL);

    private ClientErrors() {}

    /** Returns what the innermost cause with a message says: those around it say little more than that something failed. */
    public static String why(Throwable failure) {
        Throwable innermost = failure;
        Throwable telling = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            innermost = cause;
            telling = isTelling(cause) ? cause : telling;
        }
        return said(telling == null ? innermost : telling);
    }

    /** Tells whether a failure has a message of its own. Where there is none, Java repeats the cause. */
    private static boolean isTelling(Throwable failure) {
        String message = failure.getMessage();
        return failure instanceof TimeoutException
                || (message != null && !message.isBlank() && !message.equals(String.valueOf(failure.getCause())));
    }

    /** Returns what the failure says, and after it what its root says, if there is one. */
    public static String withReason(Throwable failure) {
        String reason = why(failure);
        String said = said(failure);
        return said.contains(reason) ? said : said + ": " + reason;
    }

    /** Returns a failure's first line, and a sentence's part where Java's message is a name alone. */
    public static String said(Throwable failure) {
        String message =
                failure.getMessage() == null ? "" : failure.getMessage().strip();
        if (failure instanceof NoSuchFileException) {
            return message + " does not exist";
        }
        if (failure instanceof AccessDeniedException) {
            return message + " may not be read";
        }
        if (failure instanceof ClassNotFoundException || failure instanceof NoClassDefFoundError) {
            return "the class " + message.replace('/', '.') + " is not on the class path";
        }
        if (message.endsWith("in JAAS config")) {
            return "sasl.jaas.config cannot be read, " + adviceOnLogin(message);
        }
        if (message.isEmpty()) {
            return failure instanceof TimeoutException
                    ? "no answer came in time"
                    : failure.getClass().getSimpleName();
        }
        return Excerpt.withoutUserInfo(message.lines().findFirst().orElse(message));
    }

    private static String adviceOnLogin(String message) {
        if (message.contains("control flag")) {
            return "write required after the login module";
        }
        return message.startsWith("Login module")
                ? "write a login module first"
                : "put each value in quotes and a backslash before quotes in it";
    }

    /**
     * Returns a failure that may be logged with its causes.
     *
     * @return the failure itself, or where a message in it may hold a password, another that says {@link #why}
     */
    public static Throwable withoutSecrets(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (LOGIN_NAME.matcher(message.strip()).find()
                    || !Excerpt.withoutUserInfo(message).equals(message)) {
                return new IllegalStateException(why(failure));
            }
        }
        return failure;
    }
}
