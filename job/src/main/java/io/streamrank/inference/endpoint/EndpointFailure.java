// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamrank.inference.model.InferenceException;
import io.streamrank.inference.model.OverloadException;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Tells what kind of failure an attempt met, whether another attempt may help, and what the user can do.
 *
 * @param label the status, or a word where there was none; for metrics
 * @param why what happened, to follow the name of the model
 */
record EndpointFailure(Kind kind, String label, String why, RetryHints hints) {
    static final int MOST_CHARS = 300;
    private static final int MOST_ATTEMPTS = 3;
    private static final String CONNECTION = "connection";
    private static final String TIMEOUT = "timeout";
    private static final String INVALID = "invalid";
    /** Labels of failures that come without a status, or with that of a success: something else may be at the address. */
    private static final Set<String> WITHOUT_STATUS = Set.of(CONNECTION, TIMEOUT, INVALID);

    private static final Pattern EXCEPTION_NAME = Pattern.compile("\\b(\\w+\\.)+\\w+(Exception|Error):\\s*");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Says whose fault it is, and so what helps. */
    enum Kind {
        /** Too many requests; waiting helps. */
        BUSY,
        /** The endpoint or the way to it; trying again may help. */
        FAULT,
        /** The key, read again, may be another. */
        KEY,
        /** The account, the model's name, the address: somebody has to do something. */
        SETUP,
        /** What is in the request. */
        REQUEST
    }

    static EndpointFailure ofStatus(int status, RetryHints hints, byte[] body, String secret) {
        String said = said(body, secret);
        return new EndpointFailure(
                kind(status, said),
                Integer.toString(status),
                "answered with status " + status + (said.isEmpty() ? "" : ": " + said),
                hints);
    }

    /** Tells of a request that got no answer: none came in time, or the way to the endpoint is broken. */
    static EndpointFailure ofNoAnswer(Throwable cause, EndpointSpec spec, String secret) {
        return cause instanceof TimeoutException
                ? ofTimeout(spec.requestTimeout().toMillis())
                : ofConnection(cause, secret);
    }

    static EndpointFailure ofTimeout(long millis) {
        return new EndpointFailure(Kind.FAULT, TIMEOUT, "did not answer within " + millis + " ms", RetryHints.NONE);
    }

    static EndpointFailure ofConnection(Throwable cause, String secret) {
        return new EndpointFailure(
                Kind.FAULT,
                CONNECTION,
                "cannot be reached (" + shown(connection(cause), secret) + ")",
                RetryHints.NONE);
    }

    /** Returns in words what went wrong on the way: Java's client often says it by the name of a class alone. */
    private static String connection(Throwable failure) {
        String said = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return "the host is unknown";
            }
            String message = cause.getMessage();
            if (said.isEmpty() && message != null && !message.equals(String.valueOf(cause.getCause()))) {
                said = message.strip();
            }
        }
        return said.isEmpty()
                ? "the connection was refused or closed"
                : EXCEPTION_NAME.matcher(said).replaceAll("");
    }

    static EndpointFailure ofAnswer(InvalidAnswerException invalid, String secret) {
        String said = shown(String.valueOf(invalid.getMessage()), secret);
        return new EndpointFailure(Kind.FAULT, INVALID, "gave an answer that " + said, RetryHints.NONE);
    }

    /** Returns whether another attempt may help: for a query there are three at most, while a document waits. */
    boolean allowsRetry(Urgency urgency, int attempts) {
        return switch (kind) {
            case REQUEST -> false;
            case KEY, SETUP -> urgency == Urgency.DOCUMENT;
            case BUSY, FAULT -> urgency == Urgency.DOCUMENT || (attempts < MOST_ATTEMPTS && !hints.never());
        };
    }

    /** Returns what whoever waits for the endpoint is told: what happened, and what to do. */
    InferenceException exception(EndpointSpec spec) {
        return exception(spec, spec.address());
    }

    /** Returns the same for a request to another address of the endpoint. */
    InferenceException exception(EndpointSpec spec, URI address) {
        String what = place(spec, address) + " " + why;
        return switch (kind) {
            case BUSY -> new OverloadException(what + "; allow more time, or send less.");
            case FAULT ->
                label.equals(INVALID) // it answered, but not as its API promises
                        ? new SetupException(what + "; check the endpoint and its API.")
                        : new InferenceException(what + ".");
            case KEY ->
                new SetupException(what + "; check the key" + (spec.key() == null ? "." : " in " + spec.key() + "."));
            case SETUP -> new SetupException(what + "; check the model's name, the endpoint and the account.");
            case REQUEST -> new RefusedException(what + ".");
        };
    }

    /** Returns the model's name, and the address of the request if that may be what is wrong; never a user or a password. */
    String place(EndpointSpec spec, URI address) {
        if (kind != Kind.SETUP && !WITHOUT_STATUS.contains(label)) {
            return spec.name();
        }
        String authority = String.valueOf(address.getRawAuthority());
        return spec.name() + " at " + address.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1)
                + address.getRawPath();
    }

    private static Kind kind(int status, String said) {
        String text = said.toLowerCase(Locale.ROOT);
        return switch (status) {
            case 401, 403 -> Kind.KEY;
            // OpenAI's quota and Cohere's month on trial: no minute makes it better.
            case 429 ->
                text.contains("insufficient_quota") || text.contains("exceeded your current quota")
                        ? Kind.SETUP
                        : Kind.BUSY;
            case 400, 413, 422 -> Kind.REQUEST;
            case 408, 409, 424, 425, 498, 499 -> Kind.FAULT;
            default -> status >= 500 ? Kind.FAULT : Kind.SETUP;
        };
    }

    /** Returns what the body says in one line, whatever the API calls the member. */
    private static String said(byte[] body, String secret) {
        String text = new String(body, 0, Math.min(body.length, 1 << 16), StandardCharsets.UTF_8);
        try {
            JsonNode json = JSON.readTree(text);
            if (json != null && json.isContainerNode()) {
                text = message(json);
            }
        } catch (IOException notJson) {
            text = text.startsWith("<") ? "" : text; // a proxy's page
        }
        return shown(text, secret);
    }

    private static String message(JsonNode json) {
        JsonNode error = json.path("error");
        if (error.isObject()) {
            String code = error.path("code").isTextual() ? error.path("code").asText() + ": " : "";
            return code + error.path("message").asText();
        }
        for (String member : new String[] {"message", "detail", "error"}) {
            JsonNode found = json.path(member);
            if (!found.isMissingNode() && !found.isNull()) {
                return found.isTextual() ? found.asText() : found.toString();
            }
        }
        return json.toString();
    }

    /** Returns a text as messages may show it: one short line without the secret. */
    private static String shown(String text, String secret) {
        String line =
                SecretReference.redact(text, secret).replaceAll("\\s+", " ").strip();
        return line.length() <= MOST_CHARS ? line : line.substring(0, MOST_CHARS) + "…";
    }
}
