// Copyright the StreamRank authors
// SPDX-License-Identifier: Apache-2.0
package io.streamrank.inference.endpoint;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads from an answer's headers when an endpoint wants the next request.
 *
 * <p>{@code Retry-After-Ms} is exact, and {@code Retry-After} has seconds or a date. A header for the reset of a limit means
 * three things: a point in time in seconds since 1970 (Cohere), a duration such as {@code 6m0s} or {@code 120ms} (OpenAI), or
 * the seconds until then (Together).
 *
 * @param pause zero where the endpoint does not say
 * @param never whether the endpoint says that the request is not to be sent again
 */
record RetryHints(Duration pause, boolean never) {
    static final RetryHints NONE = new RetryHints(Duration.ZERO, false);

    private static final Duration LONGEST = Duration.ofHours(1);
    /** A number of seconds beyond this is a date: a limit that resets after thirty years is none. */
    private static final double EPOCH = 1e9;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,15}(\\.\\d{1,9})?");
    private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|h|m|s)");
    private static final Pattern DURATION = Pattern.compile("(" + PART.pattern() + ")+");

    /** Reads the headers of an answer that is no success. */
    static RetryHints of(HttpHeaders headers, Instant now) {
        boolean never = headers.firstValue("X-Should-Retry")
                .filter(value -> value.strip().equalsIgnoreCase("false"))
                .isPresent();
        Duration wait = headers.firstValue("Retry-After-Ms")
                .flatMap(value -> number(value, 1))
                .or(() -> headers.firstValue("Retry-After").flatMap(value -> retryAfter(value, now)))
                .or(() -> reset(headers, now))
                .orElse(Duration.ZERO);
        return new RetryHints(wait.compareTo(LONGEST) > 0 ? LONGEST : wait, never);
    }

    private static Optional<Duration> retryAfter(String value, Instant now) {
        return number(value, 1_000).or(() -> {
            try {
                Instant then = ZonedDateTime.parse(
                                value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT))
                        .toInstant();
                return Optional.of(until(then, now));
            } catch (DateTimeException noDate) {
                return Optional.empty();
            }
        });
    }

    /** Returns the longer of the resets of the limits that are used up, or of the only one that is named. */
    private static Optional<Duration> reset(HttpHeaders headers, Instant now) {
        Optional<Duration> ofRequests = usedUp(headers, "x-ratelimit-remaining-requests")
                ? headers.firstValue("x-ratelimit-reset-requests").flatMap(value -> reset(value, now))
                : Optional.empty();
        Optional<Duration> ofTokens = usedUp(headers, "x-ratelimit-remaining-tokens")
                ? headers.firstValue("x-ratelimit-reset-tokens").flatMap(value -> reset(value, now))
                : Optional.empty();
        if (ofRequests.isPresent() || ofTokens.isPresent()) {
            Duration one = ofRequests.orElse(Duration.ZERO);
            Duration other = ofTokens.orElse(Duration.ZERO);
            return Optional.of(one.compareTo(other) > 0 ? one : other);
        }
        return headers.firstValue("x-ratelimit-reset")
                .or(() -> headers.firstValue("x-tokenlimit-reset"))
                .flatMap(value -> reset(value, now));
    }

    private static boolean usedUp(HttpHeaders headers, String remaining) {
        return headers.firstValue(remaining)
                .map(value -> value.strip().matches("0+(\\.0+)?"))
                .orElse(true);
    }

    private static Optional<Duration> reset(String value, Instant now) {
        String text = value.strip().toLowerCase(Locale.ROOT);
        if (DURATION.matcher(text).matches()) {
            return Optional.of(duration(text));
        }
        if (NUMBER.matcher(text).matches() && Double.parseDouble(text) >= EPOCH) {
            return Optional.of(until(Instant.ofEpochMilli((long) (Double.parseDouble(text) * 1_000)), now));
        }
        return number(text, 1_000);
    }

    private static Optional<Duration> number(String value, int millisEach) {
        return NUMBER.matcher(value.strip()).matches()
                ? Optional.of(Duration.ofMillis((long) Math.ceil(Double.parseDouble(value.strip()) * millisEach)))
                : Optional.empty();
    }

    private static Duration duration(String text) {
        double millis = 0;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            double amount = Double.parseDouble(part.group(1));
            millis += switch (part.group(2)) {
                case "h" -> amount * 3_600_000;
                case "m" -> amount * 60_000;
                case "s" -> amount * 1_000;
                default -> amount;
            };
        }
        return Duration.ofMillis((long) Math.ceil(millis));
    }

    private static Duration until(Instant then, Instant now) {
        Duration wait = Duration.between(now, then);
        return wait.isNegative() ? Duration.ZERO : wait;
    }
}
